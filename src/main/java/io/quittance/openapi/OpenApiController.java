package io.quittance.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.SpringDocCustomizers;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springdoc.core.providers.SpringDocProviders;
import org.springdoc.core.service.AbstractRequestService;
import org.springdoc.core.service.GenericResponseService;
import org.springdoc.core.service.OpenAPIService;
import org.springdoc.core.service.OperationService;
import org.springdoc.webmvc.api.OpenApiWebMvcResource;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves the document, which is the same for all callers: built at the first request, and kept as
 * bytes. springdoc itself would build and keep one for each language that a caller names.
 */
@RestController
class OpenApiController extends OpenApiWebMvcResource {

  private byte @Nullable [] json;
  private byte @Nullable [] yaml;

  OpenApiController(
      ObjectFactory<OpenAPIService> api,
      AbstractRequestService requests,
      GenericResponseService responses,
      OperationService operations,
      SpringDocConfigProperties properties,
      SpringDocProviders providers,
      SpringDocCustomizers customizers) {
    super(api, requests, responses, operations, properties, providers, customizers);
  }

  @Override
  public synchronized byte[] openapiJson(HttpServletRequest request, String url, Locale locale)
      throws JsonProcessingException {
    byte[] bytes = json;
    if (bytes == null) {
      bytes = super.openapiJson(request, url, Locale.ROOT);
      json = bytes;
    }
    return bytes;
  }

  @Override
  public synchronized byte[] openapiYaml(HttpServletRequest request, String url, Locale locale)
      throws JsonProcessingException {
    byte[] bytes = yaml;
    if (bytes == null) {
      bytes = super.openapiYaml(request, url, Locale.ROOT);
      yaml = bytes;
    }
    return bytes;
  }
}
