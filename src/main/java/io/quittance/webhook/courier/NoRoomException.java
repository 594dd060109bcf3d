package io.quittance.webhook.courier;

import java.io.IOException;

/**
 * Nothing was sent, because there was no room for it on this side. It says nothing about the
 * receiver.
 */
public final class NoRoomException extends IOException {

  private static final long serialVersionUID = 1L;

  NoRoomException(String message) {
    super(message);
  }
}
