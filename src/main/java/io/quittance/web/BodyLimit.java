package io.quittance.web;

/**
 * The body limit of a route that is not the default. Modules define it as a bean.
 *
 * @param method of HTTP, in upper case
 * @param path the whole path, without variables
 * @param bytes the largest body
 * @param streamed whether the handler reads the body as it arrives; else it is received first
 */
public record BodyLimit(String method, String path, int bytes, boolean streamed) {

  /** A body that is received before its handler runs. */
  public BodyLimit(String method, String path, int bytes) {
    this(method, path, bytes, false);
  }
}
