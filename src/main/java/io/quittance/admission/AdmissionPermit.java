package io.quittance.admission;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The place of a request in its lane. Confined to the request's thread. */
final class AdmissionPermit {

  private static final String ATTRIBUTE = AdmissionPermit.class.getName();

  private AdmissionLane lane;
  private AdmissionRequest admissionRequest;
  private boolean left;

  AdmissionPermit(AdmissionLane lane, AdmissionRequest admissionRequest) {
    this.lane = lane;
    this.admissionRequest = admissionRequest;
  }

  /** The permit of a request; null: it needs none. */
  static @Nullable AdmissionPermit of(HttpServletRequest request) {
    return (AdmissionPermit) request.getAttribute(ATTRIBUTE);
  }

  void attachTo(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /** Exchanges this permit for another one. */
  void moveTo(AdmissionPermit other) {
    leave();
    lane = other.lane;
    admissionRequest = other.admissionRequest;
    left = false;
  }

  /** Gives the permit back, once. */
  void leave() {
    if (!left) {
      left = true;
      lane.leave(admissionRequest.sender().party());
    }
  }

  AdmissionRequest admissionRequest() {
    return admissionRequest;
  }
}
