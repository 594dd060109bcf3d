package io.quittance.analytics.intake;

import io.quittance.analytics.event.EventFormat;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.web.IdempotencyHeaders;
import io.quittance.web.Route;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Takes interaction events. */
@RestController
class IntakeController {

  private final Intake intake;

  IntakeController(Intake intake) {
    this.intake = intake;
  }

  @PostMapping("/v1/analytics/events")
  @Route(
      id = "sendAnalyticsEvents",
      summary = "Counts interaction events",
      description =
          "Up to 10 000 events in 5 000 000 bytes, which may be compressed with gzip. The accepted"
              + " events are counted for good when the answer arrives. Events with the same `id` are"
              + " duplicates, for some minutes on each replica. With an `Idempotency-Key`, the whole"
              + " body is counted once on any replica, for 24 hours, and ids are not compared. An invalid event"
              + " is rejected, and the others are counted. An event that is more than 24 hours old,"
              + " or 5 minutes ahead, is late and not counted. After 413, 429 and 503 nothing"
              + " was taken, unless the outcome is `unknown`.",
      answers = @Route.Answer(status = 200, body = IntakeResponse.class),
      bodies = {
        @Route.Body(mediaType = "application/json", of = NewEvent.class, list = true),
        @Route.Body(mediaType = "application/cloudevents-batch+json", of = Map.class, list = true),
        @Route.Body(mediaType = "application/x-ndjson", of = NewEvent.class)
      },
      gzip = true,
      keyOptional = true)
  @RequiresScope(Scope.ANALYTICS_WRITE)
  ResponseEntity<IntakeResponse> post(
      @RequestHeader(name = IdempotencyHeaders.KEY, required = false) @Nullable String key,
      Caller caller,
      HttpServletRequest request)
      throws IOException, InterruptedException {
    String once = key == null ? null : IdempotencyHeaders.parseKey(key);
    EventFormat format = EventBodies.format(request);
    IntakeResult result =
        intake.take(caller.merchantId(), format, EventBodies.bytes(request), once);
    var response = ResponseEntity.ok();
    if (result.replayed()) {
      response.header(IdempotencyHeaders.REPLAYED, "true");
    }
    return response.body(result.response());
  }
}
