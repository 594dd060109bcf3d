package io.quittance.web.edge;

import io.quittance.web.EarlyRefusal;
import io.quittance.web.ProblemWriter;
import io.quittance.web.WebProperties;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.Adapter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** Tomcat with limits on time, and with problem details for what it refuses by itself. */
@Component
final class EdgeServer implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private final WebProperties properties;
  private final ConnectionDraining draining;
  private final ObjectProvider<EarlyRefusal> earlyRefusals;
  private final ObjectProvider<ProblemWriter> problems;

  /**
   * The server is made before most of the service is, so these are asked for at the first request.
   */
  EdgeServer(
      WebProperties properties,
      ConnectionDraining draining,
      ObjectProvider<EarlyRefusal> earlyRefusals,
      ObjectProvider<ProblemWriter> problems) {
    this.properties = properties;
    this.draining = draining;
    this.earlyRefusals = earlyRefusals;
    this.problems = problems;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.setProtocol(HeaderTimeoutProtocol.class.getName());
    factory.addConnectorCustomizers(
        connector -> {
          var protocol = (HeaderTimeoutProtocol) connector.getProtocolHandler();
          protocol.headerLimit(properties.headerLimit());
          protocol.stallLimit(properties.stallLimit());
          protocol.adapter(this::adapter);
          draining.of(protocol);
          connector.setXpoweredBy(false);
        });
    factory.addContextCustomizers(
        context ->
            ((StandardHost) context.getParent())
                .setErrorReportValveClass(ProblemValve.class.getName()));
  }

  private Adapter adapter(Adapter container, EarlyRefusalAdapter.Wire wire) {
    EarlyRefusal earlyRefusal = earlyRefusals.getIfAvailable();
    return earlyRefusal == null
        ? container
        : new EarlyRefusalAdapter(container, earlyRefusal, problems.getObject(), wire);
  }
}
