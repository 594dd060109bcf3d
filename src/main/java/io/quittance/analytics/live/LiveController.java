package io.quittance.analytics.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quittance.admission.LongRequests;
import io.quittance.concurrency.Deadline;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import io.quittance.web.query.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The live stream, as server-sent events (HTML Living Standard, 9.2). Each watcher's own virtual
 * thread writes to it and waits while it does not read; the others are not affected.
 */
@RestController
class LiveController {

  private static final byte[] COMMENT = ":\n\n".getBytes(UTF_8);
  private static final Duration COMMENT_INTERVAL = Duration.ofSeconds(15);
  private static final Duration KEY_CHECK_INTERVAL = Duration.ofSeconds(2);
  private static final Duration FRAME_TIMEOUT = Duration.ofSeconds(1);

  private final Channels channels;
  private final LongRequests longRequests;

  LiveController(Channels channels, LongRequests longRequests) {
    this.channels = channels;
    this.longRequests = longRequests;
  }

  @GetMapping("/v1/analytics/live")
  @Route(
      id = "watchLive",
      summary = "Streams what happens",
      description =
          "Server-sent events: the `data` of each event `frame` is one object in JSON. A frame"
              + " shows the last 60 seconds, comes up to four times a second, and is newer than"
              + " what was committed a second before. A reader that is slow misses frames, and gets"
              + " the newest one next. A comment comes every 15 seconds. The stream ends with its"
              + " key, when the replica stops, and when other merchants want their share of the"
              + " streams and yours has more: connect again then.",
      answers =
          @Route.Answer(
              status = 200,
              body = LiveFrame.class,
              mediaType = MediaType.TEXT_EVENT_STREAM_VALUE),
      problems = ProblemCode.OVERLOADED)
  @RequiresScope(Scope.ANALYTICS_READ)
  void live(HttpServletRequest request, HttpServletResponse response, Caller caller)
      throws IOException {
    QueryParameters.of(request, Set.of()).check();
    try (Channels.Place place = channels.enter(caller.merchantId())) {
      longRequests.leaveAdmission(request);
      response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE + ";charset=utf-8");
      // Otherwise nginx and similar proxies buffer the stream.
      response.setHeader("X-Accel-Buffering", "no");
      if (!request.getMethod().equals(HttpMethod.HEAD.name())) {
        stream(place, request, response);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stream(Channels.Place place, HttpServletRequest request, HttpServletResponse out)
      throws IOException, InterruptedException {
    Channel channel = place.channel();
    send(COMMENT, out);
    long seen = 0;
    var comment = Deadline.after(COMMENT_INTERVAL);
    var keyCheck = Deadline.after(KEY_CHECK_INTERVAL);
    while (!channel.closed()) {
      Channel.Frame frame = channel.next(seen, FRAME_TIMEOUT);
      if (keyCheck.expired()) {
        if (place.yields() || !longRequests.stillAllowed(request, Scope.ANALYTICS_READ)) {
          return;
        }
        keyCheck = Deadline.after(KEY_CHECK_INTERVAL);
      }
      if (frame != null) {
        send(frame.bytes(), out);
        seen = frame.number();
      }
      if (comment.expired()) {
        send(COMMENT, out);
        comment = Deadline.after(COMMENT_INTERVAL);
      }
    }
  }

  private static void send(byte[] bytes, HttpServletResponse out) throws IOException {
    out.getOutputStream().write(bytes);
    out.flushBuffer();
  }
}
