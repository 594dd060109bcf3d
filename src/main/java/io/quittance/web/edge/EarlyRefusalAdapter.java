package io.quittance.web.edge;

import io.quittance.web.EarlyRefusal;
import io.quittance.web.Problem;
import io.quittance.web.ProblemWriter;
import io.quittance.web.RequestHead;
import io.quittance.web.RequestId;
import io.quittance.web.SecurityHeaders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;

/**
 * Sits between a connection and the servlet container, and answers what the {@link EarlyRefusal}
 * refuses. The connection stays open: the container would close it after a 503, so a client that
 * retries would need a new connection each time.
 *
 * <p>Only the common case is answered here: a complete HTTP/1.1 request with a response body, on a
 * connection that stays open. Other requests are refused by the container's filters.
 */
final class EarlyRefusalAdapter implements Adapter {

  /** The current connection. */
  interface Wire {

    /** Whether the container closes the connection after the next response. */
    boolean ends();

    /** Writes a complete response, and keeps the container from adding one. */
    void answer(byte[] bytes);
  }

  /** A path that the container would not change by decoding. */
  private static final Pattern PLAIN_PATH = Pattern.compile("/[a-z0-9_.:/-]*");

  private final Adapter container;
  private final EarlyRefusal earlyRefusal;
  private final ProblemWriter problems;
  private final Wire wire;

  EarlyRefusalAdapter(
      Adapter container, EarlyRefusal earlyRefusal, ProblemWriter problems, Wire wire) {
    this.container = container;
    this.earlyRefusal = earlyRefusal;
    this.problems = problems;
    this.wire = wire;
  }

  @Override
  public void service(Request request, Response response) throws Exception {
    if (!wire.ends() && plain(request)) {
      var head =
          new RequestHead(request.getMethod(), request.requestURI().toString(), request::getHeader);
      Problem refusal = earlyRefusal.refusal(head);
      if (refusal != null) {
        takeBody(request);
        wire.answer(answer(refusal, head, secure(request)));
        return;
      }
    }
    container.service(request, response);
  }

  private static boolean plain(Request request) {
    // Requests that failed already come here, too; the container answers them.
    return request.getResponse().getStatus() < 400
        && !request.requestURI().isNull()
        && plainPath(request.requestURI().toString())
        && request.protocol().equals("HTTP/1.1")
        && keepsConnection(request)
        && request.getHeader("Transfer-Encoding") == null
        && !request.hasExpectation()
        && !request.getMethod().equals("HEAD")
        && request.getInputBuffer().available() >= request.getContentLengthLong();
  }

  /** Whether the container will use the path unchanged. */
  private static boolean plainPath(String path) {
    return PLAIN_PATH.matcher(path).matches() && !path.contains("//") && !path.contains("/.");
  }

  private static boolean keepsConnection(Request request) {
    var values = request.getMimeHeaders().values("Connection");
    while (values.hasMoreElements()) {
      if (!values.nextElement().equalsIgnoreCase("keep-alive")) {
        return false;
      }
    }
    return true;
  }

  /**
   * A client's claim to use TLS is harmless: it only adds a header that plain connections ignore
   * (RFC 6797, 8.1).
   */
  private static boolean secure(Request request) {
    return request.scheme().equals("https")
        || "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"));
  }

  /**
   * Reads the body, which is in memory already; otherwise it would be parsed as the next request.
   */
  private static void takeBody(Request request) throws IOException {
    if (request.getContentLengthLong() > 0) {
      var body = new Body();
      int taken;
      do {
        taken = request.doRead(body);
      } while (taken > 0);
    }
  }

  /** The bytes that were read last. */
  private static final class Body implements ApplicationBufferHandler {

    private ByteBuffer left = ByteBuffer.allocate(0);

    @Override
    public void setByteBuffer(ByteBuffer buffer) {
      left = buffer;
    }

    @Override
    public ByteBuffer getByteBuffer() {
      return left;
    }

    @Override
    public void expand(int size) {
      // Nothing is kept.
    }
  }

  private byte[] answer(Problem problem, RequestHead head, boolean secure) throws IOException {
    String id = RequestId.from(head.header(RequestId.HEADER));
    byte[] body = problems.bytes(problem, head.path(), id);
    var lines = new StringBuilder(512);
    lines
        .append("HTTP/1.1 ")
        .append(problem.code().status())
        .append(" \r\nContent-Length: ")
        .append(body.length)
        .append("\r\nContent-Type: application/problem+json\r\n");
    line(lines, RequestId.HEADER, id);
    ProblemWriter.headers(problem).forEach((name, values) -> line(lines, name, values.getFirst()));
    SecurityHeaders.add(head.path(), secure, (name, value) -> line(lines, name, value));
    byte[] start = lines.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(start.length + body.length).put(start).put(body).array();
  }

  private static void line(StringBuilder lines, String name, String value) {
    lines.append(name).append(": ").append(value).append("\r\n");
  }

  @Override
  public boolean prepare(Request request, Response response) throws Exception {
    return container.prepare(request, response);
  }

  @Override
  public boolean asyncDispatch(Request request, Response response, SocketEvent status)
      throws Exception {
    return container.asyncDispatch(request, response, status);
  }

  @Override
  public void log(Request request, Response response, long time) {
    container.log(request, response, time);
  }

  @Override
  public void checkRecycled(Request request, Response response) {
    container.checkRecycled(request, response);
  }

  @Override
  public String getDomain() {
    return container.getDomain();
  }
}
