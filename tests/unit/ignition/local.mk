# unit tests of src/ignition
