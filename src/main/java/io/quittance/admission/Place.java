package io.quittance.admission;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The place of a request under way in its lane. Confined to the request's thread. */
final class Place {

  private static final String ATTRIBUTE = Place.class.getName();

  private AdmissionLane lane;
  private Arrival arrival;
  private boolean left;

  Place(AdmissionLane lane, Arrival arrival) {
    this.lane = lane;
    this.arrival = arrival;
  }

  /** The place of a request; null: it needs none. */
  static @Nullable Place of(HttpServletRequest request) {
    return (Place) request.getAttribute(ATTRIBUTE);
  }

  void attachTo(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /** Exchanges this place for another one. */
  void moveTo(Place other) {
    leave();
    lane = other.lane;
    arrival = other.arrival;
    left = false;
  }

  /** Gives the place back, once. */
  void leave() {
    if (!left) {
      left = true;
      lane.leave(arrival.sender().party());
    }
  }

  Arrival arrival() {
    return arrival;
  }
}
