package io.quittance.admission;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.access.RequestSender;
import io.quittance.admission.AdmissionLane.Range;
import io.quittance.admission.AdmissionLane.WaitingTime;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Limits how many requests are under way at once, for each lane of the {@link Backlog}, so that an
 * overloaded lane refuses only its own merchants. Requests with an unknown key have their own lane
 * until the key is checked. Thread-safe.
 */
@Component
final class Admission {

  /** The prefix of the paths that are limited. */
  static final String PATHS = "/v1/";

  /** The limit of all senders with unknown keys together is the ceiling divided by this. */
  private static final int UNKNOWN_PART = 4;

  private final boolean enabled;
  private final Backlog backlog;
  private final List<AdmissionLane> lanes;
  private final AdmissionLane unknown;

  @Autowired
  Admission(AdmissionProperties properties, Backlog backlog, MeterRegistry registry) {
    this(properties, backlog, registry, System::nanoTime);
  }

  Admission(
      AdmissionProperties properties,
      Backlog backlog,
      MeterRegistry registry,
      LongSupplier nanoTime) {
    this.enabled = properties.enabled();
    this.backlog = backlog;
    Range range = properties.range(backlog.lanes());
    this.lanes =
        IntStream.range(0, backlog.lanes())
            .mapToObj(
                number ->
                    new AdmissionLane("" + number, range, waitingTime(backlog, number), nanoTime))
            .toList();
    int few = Math.max(1, properties.ceiling() / UNKNOWN_PART);
    this.unknown =
        new AdmissionLane(
            "unknown", new Range(few, few, few, Duration.ZERO), WaitingTime.NONE, nanoTime);
    lanes.forEach(lane -> measure(lane, registry));
    measure(unknown, registry);
  }

  private static WaitingTime waitingTime(Backlog backlog, int lane) {
    return new WaitingTime() {
      @Override
      public Duration of(UUID party) {
        return backlog.expectedTime(party);
      }

      @Override
      public Duration longest() {
        return backlog.longestExpectedTime(lane);
      }
    };
  }

  private static void measure(AdmissionLane lane, MeterRegistry registry) {
    Gauge.builder("quittance.admission.limit", lane, AdmissionLane::limit)
        .description("Requests that may be under way at once")
        .tag("lane", lane.name())
        .register(registry);
    Gauge.builder("quittance.admission.under.way", lane, AdmissionLane::underWay)
        .description("Requests under way")
        .tag("lane", lane.name())
        .register(registry);
    for (Priority priority : Priority.values()) {
      FunctionCounter.builder("quittance.admission.refused", lane, one -> one.refused(priority))
          .description("Requests that were refused as too many")
          .tag("lane", lane.name())
          .tag("priority", priority.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  private AdmissionLane laneOf(RequestSender sender) {
    return sender.isMerchant() ? lanes.get(backlog.laneOf(sender.party())) : unknown;
  }

  /**
   * Admits a request; null: it is refused. The permit must be {@linkplain AdmissionPermit#leave
   * left}.
   */
  @Nullable AdmissionPermit enter(AdmissionRequest admissionRequest) {
    AdmissionLane lane = laneOf(admissionRequest.sender());
    UUID party = admissionRequest.sender().party();
    if (!enabled) {
      lane.forceEnter(party);
    } else if (!lane.enter(party, admissionRequest)) {
      return null;
    }
    return new AdmissionPermit(lane, admissionRequest);
  }

  /** Moves a request to the lane of its sender, who is known now; false if that lane is full. */
  boolean moveToMerchant(AdmissionPermit permit, RequestSender sender) {
    AdmissionPermit other = enter(permit.admissionRequest().from(sender));
    if (other != null) {
      permit.moveTo(other);
    }
    return other != null;
  }

  /** Whether a request would be admitted now. */
  boolean hasRoom(AdmissionRequest admissionRequest) {
    return !enabled
        || laneOf(admissionRequest.sender())
            .hasRoom(admissionRequest.sender().party(), admissionRequest);
  }

  /** Counts a request that is refused, and returns its problem. */
  Problem refusal(AdmissionRequest admissionRequest) {
    laneOf(admissionRequest.sender()).countRefusal(admissionRequest.priority());
    return Problem.of(
            ProblemCode.OVERLOADED,
            "Too many requests are under way; this request was not started. Try again later.")
        .retryAfter(retryAfter(admissionRequest.sender()));
  }

  /** An estimate of when the requests under way in a sender's lane will be done. */
  Duration retryAfter(RequestSender sender) {
    return laneOf(sender).retryAfter();
  }
}
