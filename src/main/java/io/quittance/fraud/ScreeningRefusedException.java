package io.quittance.fraud;

import java.io.IOException;

/** The remote service refuses to screen this payment. Others are not affected. */
public final class ScreeningRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  ScreeningRefusedException(int status) {
    super("status " + status);
  }
}
