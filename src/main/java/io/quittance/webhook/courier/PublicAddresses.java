package io.quittance.webhook.courier;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * The addresses of the public internet: those that belong to no private network, and lead to no
 * machine but the one that they name. Of IPv6 only global unicast counts, so that mapped,
 * compatible, translated (NAT64), local, multicast and discarded addresses are out; of IPv4, what
 * the registry does not set aside.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IANA IPv4
 *     Special-Purpose Address Registry</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry">IANA IPv6
 *     Special-Purpose Address Registry</a>
 */
final class PublicAddresses {

  private record Network(byte[] prefix, int bits) {

    static Network of(String cidr) {
      int slash = cidr.indexOf('/');
      return new Network(
          InetAddress.ofLiteral(cidr.substring(0, slash)).getAddress(),
          Integer.parseInt(cidr.substring(slash + 1)));
    }

    boolean contains(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      int whole = bits / 8;
      if (!Arrays.equals(prefix, 0, whole, address, 0, whole)) {
        return false;
      }
      int rest = bits % 8;
      return rest == 0 || (prefix[whole] ^ address[whole]) >>> (8 - rest) << (8 - rest) == 0;
    }
  }

  private static final Network IPV6_GLOBAL_UNICAST = Network.of("2000::/3");

  private static final List<Network> SET_ASIDE =
      List.of(
          Network.of("0.0.0.0/8"), // this network
          Network.of("10.0.0.0/8"), // private
          Network.of("100.64.0.0/10"), // carrier-grade NAT; 100.100.100.200 is a metadata service
          Network.of("127.0.0.0/8"), // loopback
          Network.of("168.63.129.16/32"), // Azure's host agent, on an address that looks public
          Network.of("169.254.0.0/16"), // link-local, and 169.254.169.254, the metadata service
          Network.of("172.16.0.0/12"), // private
          Network.of("192.0.0.0/24"), // protocol assignments; 192.0.0.192 is a metadata service
          Network.of("192.0.2.0/24"), // documentation
          Network.of("192.88.99.0/24"), // 6to4 relays
          Network.of("192.168.0.0/16"), // private
          Network.of("198.18.0.0/15"), // benchmarks
          Network.of("198.51.100.0/24"), // documentation
          Network.of("203.0.113.0/24"), // documentation
          Network.of("224.0.0.0/4"), // multicast
          Network.of("240.0.0.0/4"), // reserved, and broadcast
          Network.of("2001::/23"), // protocol assignments: Teredo, benchmarks, ORCHID
          Network.of("2001:db8::/32"), // documentation
          Network.of("2002::/16"), // 6to4, which carries an IPv4 address
          Network.of("3ffe::/16"), // given back by the 6bone
          Network.of("3fff::/20")); // documentation

  private PublicAddresses() {}

  static boolean contain(InetAddress address) {
    byte[] bytes = address.getAddress();
    return (bytes.length == 4 || IPV6_GLOBAL_UNICAST.contains(bytes))
        && SET_ASIDE.stream().noneMatch(network -> network.contains(bytes));
  }
}
