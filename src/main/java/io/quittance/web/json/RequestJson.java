package io.quittance.web.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.ReaderBasedJsonParser;
import com.fasterxml.jackson.core.sym.CharsToNameCanonicalizer;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.reflect.Type;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.json.AbstractJackson2HttpMessageConverter;
import org.springframework.http.converter.json.MappingJackson2HttpMessageConverter;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * How request bodies are read: as {@code application/json} in strict UTF-8 with {@link PlainText}.
 * Stored JSON is not validated again.
 */
@Configuration(proxyBeanMethods = false)
class RequestJson implements WebMvcConfigurer {

  @Bean
  MappingJackson2HttpMessageConverter requestConverter(ObjectMapper json) {
    ObjectMapper strict = json.copyWith(new Utf8Factory(json.getFactory()));
    return new Converter(strict.registerModule(new PlainText()));
  }

  /** Spring keeps its own converters beside ours, which would read YAML, and JSON less strictly. */
  @Override
  public void extendMessageConverters(List<HttpMessageConverter<?>> converters) {
    converters.removeIf(
        converter ->
            converter instanceof AbstractJackson2HttpMessageConverter
                && !(converter instanceof Converter));
  }

  /** Writes any JSON, problems included, and reads the plain one only. */
  private static final class Converter extends MappingJackson2HttpMessageConverter {

    Converter(ObjectMapper json) {
      super(json);
    }

    @Override
    public boolean canRead(
        Type type, @Nullable Class<?> contextClass, @Nullable MediaType mediaType) {
      return MediaType.APPLICATION_JSON.equalsTypeAndSubtype(mediaType)
          && super.canRead(type, contextClass, mediaType);
    }
  }

  /**
   * Lets the JDK decode: Jackson's own decoder takes overlong forms (RFC 3629, 10), so that one
   * text could be written in several ways.
   */
  private static final class Utf8Factory extends JsonFactory {

    private static final long serialVersionUID = 1L;

    Utf8Factory(JsonFactory like) {
      super(like, null);
    }

    @Override
    public JsonParser createParser(InputStream body) throws IOException {
      var decoder =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT);
      return createParser(new InputStreamReader(body, decoder));
    }

    @Override
    protected JsonParser _createParser(Reader body, IOContext context) {
      return new Parser(context, _parserFeatures, body, _objectCodec, _rootCharSymbols.makeChild());
    }

    @Override
    public JsonFactory copy() {
      return new Utf8Factory(this);
    }
  }

  /** Keeps the last token after it is closed, so that {@link UnreadableBody} can report it. */
  static final class Parser extends ReaderBasedJsonParser {

    private @Nullable JsonToken last;

    private Parser(
        IOContext context,
        int features,
        Reader body,
        ObjectCodec codec,
        CharsToNameCanonicalizer names) {
      super(context, features, body, codec, names);
    }

    @Override
    public void close() throws IOException {
      last = last == null ? currentToken() : last;
      super.close();
    }

    /** The token at which reading ended. */
    @Nullable JsonToken last() {
      return last == null ? currentToken() : last;
    }
  }
}
