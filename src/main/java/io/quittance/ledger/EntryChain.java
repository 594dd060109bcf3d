package io.quittance.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quittance.journal.AccountKey;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * The hashes that make an account's entries tamper-evident: each is the SHA-256 of the previous
 * hash and of all values of its own entry. docs/adr/0008 describes the encoding. Confined to one
 * thread.
 */
public final class EntryChain {

  private static final byte[] DOMAIN = "quittance entries 1".getBytes(UTF_8);
  private static final int ABSENT = -1;

  private final MessageDigest sha256 = DigestUtils.getSha256Digest();

  /**
   * The hash that an account's chain starts from.
   *
   * @param entries how many entries the account had before its chain began; 0 for most
   * @param balance the posted balance after them
   */
  public byte[] start(AccountKey account, long entries, long balance) {
    byte[] id = account.id().getBytes(UTF_8);
    var content = ByteBuffer.allocate(DOMAIN.length + 16 + 4 + id.length + 16);
    content.put(DOMAIN);
    put(content, account.merchantId());
    put(content, id);
    content.putLong(entries).putLong(balance);
    return sha256.digest(content.array());
  }

  /**
   * The hash of an entry, from the hash of the previous one; null: it is the first of the chain.
   */
  public byte[] next(byte @Nullable [] previous, UUID merchantId, EntryContent entry) {
    byte[] before =
        previous != null
            ? previous
            : start(
                new AccountKey(merchantId, entry.account()),
                entry.number() - 1,
                entry.balanceAfter() - entry.amount());
    byte[][] texts = {
      entry.account().getBytes(UTF_8),
      entry.counterparty().getBytes(UTF_8),
      entry.currency().getBytes(UTF_8),
      entry.metadataJson().getBytes(UTF_8)
    };
    byte[] reference = bytes(entry.reference());
    Reversal reversal = entry.reversal();
    byte[] reason = reversal == null ? null : bytes(reversal.reason());
    int length = before.length + 5 * 8 + 2 * 16 + 1 + length(reference);
    length += reversal == null ? 0 : 16 + length(reason);
    for (byte[] text : texts) {
      length += 4 + text.length;
    }
    var content = ByteBuffer.allocate(length).put(before);
    content.putLong(entry.number()).putLong(entry.amount()).putLong(entry.balanceAfter());
    put(content, entry.transferId());
    content.put((byte) (entry.paymentId() == null ? 0 : 1));
    put(content, entry.paymentId() == null ? new UUID(0, 0) : entry.paymentId());
    content.putLong(micros(entry.createdAt())).putLong(micros(entry.postedAt()));
    for (byte[] text : texts) {
      put(content, text);
    }
    putIfThere(content, reference);
    if (reversal != null) {
      put(content, reversal.of());
      putIfThere(content, reason);
    }
    return sha256.digest(content.array());
  }

  private static void put(ByteBuffer content, UUID id) {
    content.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }

  private static int length(byte @Nullable [] text) {
    return 4 + (text == null ? 0 : text.length);
  }

  private static void putIfThere(ByteBuffer content, byte @Nullable [] text) {
    if (text == null) {
      content.putInt(ABSENT);
    } else {
      put(content, text);
    }
  }

  private static void put(ByteBuffer content, byte[] text) {
    content.putInt(text.length).put(text);
  }

  /** The databases store microseconds, so finer parts of a time are lost. */
  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
