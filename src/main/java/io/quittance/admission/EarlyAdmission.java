package io.quittance.admission;

import io.quittance.web.EarlyRefusal;
import io.quittance.web.Problem;
import io.quittance.web.RequestHead;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Refuses early what the {@link AdmissionFilter} would refuse, for a third of its processor time.
 */
@Component
final class EarlyAdmission implements EarlyRefusal {

  private final Admission admission;
  private final Arrivals arrivals;

  EarlyAdmission(Admission admission, Arrivals arrivals) {
    this.admission = admission;
    this.arrivals = arrivals;
  }

  @Override
  public @Nullable Problem refusal(RequestHead head) {
    if (!head.path().startsWith(Admission.PATHS)) {
      return null;
    }
    Arrival arrival = arrivals.of(head);
    return admission.hasRoom(arrival) ? null : admission.refusal(arrival);
  }
}
