package io.quittance.analytics.event;

import java.util.Arrays;
import java.util.Optional;

/** The forms in which events are sent. */
public enum EventFormat {
  /** One event on each line. */
  LINES("application/x-ndjson"),
  /** A JSON array of CloudEvents 1.0, which have more attributes than are read here. */
  CLOUD_EVENTS("application/cloudevents-batch+json"),
  /** A JSON array. */
  ARRAY("application/json");

  private final String mediaType;

  EventFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** The one of a media type, which has no parameters. */
  public static Optional<EventFormat> of(String mediaType) {
    return Arrays.stream(values()).filter(format -> format.mediaType.equals(mediaType)).findFirst();
  }

  public String mediaType() {
    return mediaType;
  }

  /** Whether unknown fields are skipped. */
  boolean takesOtherAttributes() {
    return this == CLOUD_EVENTS;
  }
}
