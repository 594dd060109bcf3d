package io.quittance.ledger.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.quittance.concurrency.Deadline;
import java.io.BufferedWriter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.UUID;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A compressed export on the local disk. It is written as fast as the database sends it, and read
 * as slowly as the client takes it. Nothing is left after it is closed, nor after a crash: its name
 * is removed as soon as it is open. Confined to one thread.
 */
final class SpoolFile implements AutoCloseable {

  private static final int BUFFER = 1 << 16;

  /** Writes a text. */
  @FunctionalInterface
  interface Text {
    void to(Writer out) throws IOException;
  }

  private final ExportSpool spool;
  private final UUID merchantId;
  private final FileChannel channel;
  private long taken;
  private long length;

  SpoolFile(ExportSpool spool, UUID merchantId) throws IOException {
    this.spool = spool;
    this.merchantId = merchantId;
    this.channel =
        FileChannel.open(
            Path.of(System.getProperty("java.io.tmpdir"), "quittance-export-" + UUID.randomUUID()),
            CREATE_NEW,
            READ,
            WRITE,
            DELETE_ON_CLOSE);
  }

  /** Writes the whole text; called once. */
  void write(Text text) throws IOException {
    try (Writer out = new BufferedWriter(new OutputStreamWriter(new Packed(new Kept()), UTF_8))) {
      text.to(out);
    }
  }

  /** The uncompressed bytes, as {@link #copyTo} writes them. */
  long length() {
    return length;
  }

  /**
   * Copies the text to a stream; called once.
   *
   * @throws InterruptedIOException the deadline passed before the end
   */
  void copyTo(OutputStream out, Deadline deadline) throws IOException {
    channel.position(0);
    try (InputStream in = new GZIPInputStream(Channels.newInputStream(channel), BUFFER)) {
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (deadline.expired()) {
          throw new InterruptedIOException("the reader of an export is too slow");
        }
        out.write(buffer, 0, read);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      spool.leave(merchantId, taken);
    }
  }

  /** Compresses fast: a sixth of the bytes is left. */
  private final class Packed extends GZIPOutputStream {

    Packed(OutputStream out) throws IOException {
      super(out, BUFFER);
      def.setLevel(Deflater.BEST_SPEED);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int count) throws IOException {
      super.write(bytes, offset, count);
      length += count;
    }
  }

  /** Writes if there is space, and leaves the file open. */
  private final class Kept extends FilterOutputStream {

    Kept() {
      super(Channels.newOutputStream(channel));
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      spool.take(merchantId, taken, count);
      taken += count;
      out.write(bytes, offset, count);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
