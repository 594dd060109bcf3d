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

/** Tomcat with time limits, and with problem details for requests that it refuses itself. */
@Component
final class EdgeServer implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private final WebProperties properties;
  private final ConnectionDraining draining;
  private final ObjectProvider<EarlyRefusal> earlyRefusals;
  private final ObjectProvider<ProblemWriter> problems;

  /** Resolved lazily: the server is created before the beans. */
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
