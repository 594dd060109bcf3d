package io.quittance.openapi;

import io.quittance.identity.Caller;
import io.quittance.web.DeadlineHeader;
import io.quittance.web.IdempotencyHeaders;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.SpecVersion;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.servers.Server;
import java.util.List;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures springdoc, whose document {@link OpenApiDocument} completes. */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

  private static final String ABOUT =
      """
      Moves money from one account to another, each payment under a deadline.

      Amounts are integers in minor units. Times are RFC 3339 in UTC with milliseconds. Lists come \
      newest first, page by page. Every error is a problem (RFC 9457) with a stable `code` that says \
      whether money moved: `outcome` is `none`, or `unknown` with the instant by which it is resolved; \
      of an item of a batch it may be `applied`. A request under an `Idempotency-Key` may be repeated: the \
      money moves once, and the answer tells what happened.
      """;

  OpenApiConfiguration() {
    SpringDocUtils.getConfig()
        .addRequestWrapperToIgnore(Caller.class, IdempotencyHeaders.class, DeadlineHeader.class);
  }

  @Bean
  OpenAPI beginning() {
    return new OpenAPI(SpecVersion.V31)
        .info(new Info().title("Quittance").version("v1").description(ABOUT))
        .servers(List.of(new Server().url("/").description("This service.")));
  }

  /** Turns off springdoc's own schemas, which are not used and slow to build. */
  @Bean
  ModelConverter noModels() {
    return (type, context, chain) -> new Schema<>();
  }
}
