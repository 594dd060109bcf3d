package io.quittance.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.testing.SilentHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class HostSocketsTest {

  /** What the driver leaves to a host when the one before it has used up its time. */
  private static final int LEFT_MS = 1;

  private static final int LEFT_BEHIND_MS = 100;

  @Test
  void giveAHostItsOwnTimeToTakeAConnection() throws Exception {
    try (var host = new SilentHost();
        Socket socket = new HostSockets().createSocket()) {
      CompletableFuture<Void> connected = CompletableFuture.runAsync(() -> connect(socket, host));
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> connected.get(LEFT_BEHIND_MS, TimeUnit.MILLISECONDS));

      host.wakeUp();

      connected.join();
      assertThat(socket.isConnected()).isTrue();
    }
  }

  @Test
  void giveUpAHostThatTakesNone() throws IOException {
    try (var host = new SilentHost();
        Socket socket = new HostSockets().createSocket()) {
      assertThatThrownBy(() -> socket.connect(host.address()))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  private static void connect(Socket socket, SilentHost host) {
    try {
      socket.connect(host.address(), LEFT_MS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
