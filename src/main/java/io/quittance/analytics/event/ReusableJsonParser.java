package io.quittance.analytics.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.ContentReference;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.JsonReadContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.IOException;

/**
 * Jackson's parser, made to read one part of a body after the other: its input ends with a part,
 * and it starts anew with the next one, even after an error. So a body needs one parser, however
 * many events it has. Not thread-safe.
 */
final class ReusableJsonParser extends UTF8StreamJsonParser {

  private static final int DEPTH_MAX = 16;
  private static final int DIGITS_MAX = 40;
  private static final int NAME_LENGTH_MAX = 1000;

  private static final Factory FACTORY = new Factory();

  private final JsonReadContext root;

  private ReusableJsonParser(
      IOContext context, int features, ByteQuadsCanonicalizer names, byte[] body) {
    super(context, features, null, null, names, body, 0, 0, 0, false);
    this.root = _parsingContext;
  }

  /** A parser for a body in UTF-8, without a part of it yet. */
  static ReusableJsonParser of(byte[] body) {
    return FACTORY.parser(body);
  }

  /** Begins a part. */
  void read(int start, int end) {
    _inputPtr = start;
    _inputEnd = end;
    _currToken = null;
    _nextToken = null;
    _tokenIncomplete = false;
    _closed = false;
    root.reset(JsonStreamContext.TYPE_ROOT, 1, 0);
    _parsingContext = root;
  }

  /** Whether nothing but white space is left of the part. */
  boolean finished() {
    while (_inputPtr < _inputEnd && EventSplitter.space(_inputBuffer[_inputPtr])) {
      _inputPtr++;
    }
    return _inputPtr == _inputEnd;
  }

  /** Returns its buffers for reuse. */
  void finish() {
    try {
      close();
    } catch (IOException e) {
      throw new IllegalStateException("there is no stream to close", e);
    }
  }

  private static final class Factory extends JsonFactory {

    private static final long serialVersionUID = 1L;

    Factory() {
      super(
          new JsonFactoryBuilder()
              .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
              .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(DEPTH_MAX)
                      .maxNumberLength(DIGITS_MAX)
                      .maxNameLength(NAME_LENGTH_MAX)
                      .build()));
    }

    ReusableJsonParser parser(byte[] body) {
      try {
        return (ReusableJsonParser)
            _createParser(body, 0, 0, _createContext(ContentReference.unknown(), false));
      } catch (IOException e) {
        throw new IllegalStateException("nothing has been read yet", e);
      }
    }

    @Override
    protected JsonParser _createParser(byte[] body, int offset, int length, IOContext context)
        throws IOException {
      return new ReusableJsonParser(
          context,
          _parserFeatures,
          _byteSymbolCanonicalizer.makeChildOrPlaceholder(_factoryFeatures),
          body);
    }
  }
}
