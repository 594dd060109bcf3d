package io.quittance.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.json.MappingJackson2HttpMessageConverter;

/**
 * How bodies of requests are read: as all JSON here, and only in UTF-8 and with {@link PlainText}.
 * What is stored already is not judged again.
 */
@Configuration(proxyBeanMethods = false)
class RequestJson {

  @Bean
  MappingJackson2HttpMessageConverter requestConverter(ObjectMapper json) {
    ObjectMapper strict = json.copy().registerModule(new PlainText());
    strict.getFactory().configure(JsonFactory.Feature.CHARSET_DETECTION, false);
    return new MappingJackson2HttpMessageConverter(strict);
  }
}
