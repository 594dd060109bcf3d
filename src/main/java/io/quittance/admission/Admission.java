package io.quittance.admission;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.access.RequestSender;
import io.quittance.admission.AdmissionLane.Range;
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
 * Limits how many requests are under way at once, lane by lane of the {@link Backlog}, so that a
 * lane with too much to do refuses its own merchants only. Requests whose key is unknown have a
 * lane of their own, where they wait for their key's check. Thread-safe.
 */
@Component
final class Admission {

  /** The beginning of the paths that it is about. */
  static final String PATHS = "/v1/";

  /** Of the ceiling, for all those whose keys are unknown. */
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
                    new AdmissionLane(
                        "" + number, range, () -> backlog.expectedTime(number), nanoTime))
            .toList();
    int few = Math.max(1, properties.ceiling() / UNKNOWN_PART);
    this.unknown =
        new AdmissionLane(
            "unknown", new Range(few, few, few, Duration.ZERO), () -> Duration.ZERO, nanoTime);
    lanes.forEach(lane -> measure(lane, registry));
    measure(unknown, registry);
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

  /** Lets a request in, or not (null). Its permit must be left. */
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

  /** Moves a request into the lane of its sender, who is known now, if it has room there. */
  boolean moveToMerchant(AdmissionPermit permit, RequestSender sender) {
    AdmissionPermit other = enter(permit.admissionRequest().from(sender));
    if (other != null) {
      permit.moveTo(other);
    }
    return other != null;
  }

  /** Whether a request would be let in now. */
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
            "Too many requests are under way; nothing of this one was begun. Try again later.")
        .retryAfter(retryAfter(admissionRequest.sender()));
  }

  /** When what is under way in a sender's lane will be done. */
  Duration retryAfter(RequestSender sender) {
    return laneOf(sender).retryAfter();
  }
}
