package io.quittance.admission;

import io.quittance.web.EarlyRefusal;
import io.quittance.web.Problem;
import io.quittance.web.RequestHead;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Refuses early what the {@link AdmissionFilter} would refuse, at a third of the processor time.
 */
@Component
final class EarlyAdmission implements EarlyRefusal {

  private final Admission admission;
  private final AdmissionRequests admissionRequests;

  EarlyAdmission(Admission admission, AdmissionRequests admissionRequests) {
    this.admission = admission;
    this.admissionRequests = admissionRequests;
  }

  @Override
  public @Nullable Problem refusal(RequestHead head) {
    if (!head.path().startsWith(Admission.PATHS)) {
      return null;
    }
    AdmissionRequest admissionRequest = admissionRequests.of(head);
    return admission.hasRoom(admissionRequest) ? null : admission.refusal(admissionRequest);
  }
}
