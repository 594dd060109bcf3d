package io.quittance.web;

/**
 * A route whose bodies may be larger than others: a bean of the module that has the route.
 *
 * @param method of HTTP, in upper case
 * @param path the whole path, without variables
 * @param bytes the largest body
 */
public record BodyLimit(String method, String path, int bytes) {}
