package io.quittance.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;

/** A connection on which anything may be said, for what no HTTP client would send. */
final class RawHttp implements AutoCloseable {

  private static final int PATIENCE_MS = 40_000;

  private final Socket socket;

  RawHttp(URI service) {
    try {
      socket = new Socket(service.getHost(), service.getPort());
      socket.setSoTimeout(PATIENCE_MS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says this and returns all that is answered until the service hangs up. */
  static String exchange(URI service, String request) {
    try (var raw = new RawHttp(service)) {
      raw.say(request);
      raw.socket.shutdownOutput();
      return raw.hear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RawHttp say(String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(ISO_8859_1));
    out.flush();
    return this;
  }

  /** How much there is to hear now. */
  int heard() throws IOException {
    return socket.getInputStream().available();
  }

  /** What comes next, so much at most; empty at the end. */
  String sip(int bytes) throws IOException {
    byte[] buffer = new byte[bytes];
    int read = socket.getInputStream().read(buffer);
    return read < 0 ? "" : new String(buffer, 0, read, ISO_8859_1);
  }

  String hear() throws IOException {
    var heard = new StringBuilder();
    byte[] buffer = new byte[8192];
    try {
      for (int read = socket.getInputStream().read(buffer);
          read >= 0;
          read = socket.getInputStream().read(buffer)) {
        heard.append(new String(buffer, 0, read, ISO_8859_1));
      }
    } catch (SocketException e) {
      // Reset: what was heard until then counts.
      return heard.toString();
    }
    return heard.toString();
  }

  /** Checks that an answer is a problem with this code and gives nothing away. */
  static void assertProblem(String answer, int status, String code) {
    assertThat(answer).startsWith("HTTP/1.1 " + status);
    assertThat(answer).contains("application/problem+json").doesNotContain("Server:");
    assertThat(answer.toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("<html", "tomcat", "java.", "exception", "org.apache")
        .contains("x-request-id: ", "x-content-type-options: nosniff", "cache-control: no-store");
    JsonNode body = body(answer);
    assertThat(body.path("code").asText()).as(answer).isEqualTo(code);
    assertThat(body.path("status").asInt()).isEqualTo(status);
    assertThat(body.path("outcome").asText()).isEqualTo("none");
  }

  /** The JSON of an answer, in chunks or not. */
  static JsonNode body(String answer) {
    int start = answer.indexOf('{');
    return Json.parse(start < 0 ? "" : answer.substring(start, answer.lastIndexOf('}') + 1));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
