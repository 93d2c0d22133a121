# unit tests of src/fetch
