/*
 * privileged_port - a socket that speaks from a port only root may use.
 *
 * Owns: which ports, and trying others when one is taken.
 */
#ifndef SLIPWAY_FETCH_PRIVILEGED_PORT_H
#define SLIPWAY_FETCH_PRIVILEGED_PORT_H

/* The range of bindresvport(3), which leaves the well-known ports to their services. */
#define PRIVILEGED_PORT_FIRST 600
#define PRIVILEGED_PORT_LAST  1022

/**
 * privileged_port_bind - bind @fd to a port of that range, drawn at random.
 * @family: AF_INET or AF_INET6
 *
 * Return: 0; -EADDRINUSE when all are taken; -EACCES without the right to; -EAFNOSUPPORT.
 */
int privileged_port_bind(int fd, int family);

#endif
