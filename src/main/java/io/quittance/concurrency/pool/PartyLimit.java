package io.quittance.concurrency.pool;

/**
 * How many of a number of places one party may have: the fewer are free, the fewer. A party may
 * take a further place only if it then has no more than a fixed multiple of what is still free. So
 * parties that keep their places for long leave some to others, however many such parties there
 * are; with {@code ofOneParty} three quarters, n parties have 3/(3n + 1) of the places each. A
 * party without a place may always take a free one.
 *
 * <p>These are the dynamic thresholds of A. K. Choudhury and E. L. Hahne, "Dynamic Queue Length
 * Thresholds for Shared-Memory Packet Switches", IEEE/ACM Transactions on Networking 6 (1998).
 *
 * @param places how many there are, 1 or more
 * @param ofOneParty how many a party may have while it is alone, 1 or more; if that is all of them,
 *     parties are not limited
 */
public record PartyLimit(int places, int ofOneParty) {

  /**
   * How many places a party may have, 1 or more. One that has fewer may take a free place.
   *
   * @param taken by all parties together
   */
  public int whileTaken(int taken) {
    if (ofOneParty >= places) {
      return ofOneParty;
    }
    long stillFree = Math.max(0, places - taken - 1);
    long limit = Math.ceilDiv(ofOneParty * stillFree, places - ofOneParty);
    return (int) Math.max(1, Math.min(ofOneParty, limit));
  }
}
