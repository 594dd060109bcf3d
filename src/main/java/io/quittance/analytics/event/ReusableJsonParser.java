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
 * Jackson's parser, which reads one part of a body after the other: at the end of a part its input
 * ends, and at the next one it begins anew, whatever was wrong before. So a body takes one parser,
 * however many events it has. Not thread-safe.
 */
final class SliceParser extends UTF8StreamJsonParser {

  private static final int DEPTH_MAX = 16;
  private static final int DIGITS_MAX = 40;
  private static final int NAME_LENGTH_MAX = 1000;

  private static final Factory FACTORY = new Factory();

  private final JsonReadContext root;

  private SliceParser(IOContext context, int features, ByteQuadsCanonicalizer names, byte[] body) {
    super(context, features, null, null, names, body, 0, 0, 0, false);
    this.root = _parsingContext;
  }

  /** A parser for a body in UTF-8, without a part of it yet. */
  static SliceParser of(byte[] body) {
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
    while (_inputPtr < _inputEnd && Slices.space(_inputBuffer[_inputPtr])) {
      _inputPtr++;
    }
    return _inputPtr == _inputEnd;
  }

  /** Gives back what others can use. */
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

    SliceParser parser(byte[] body) {
      try {
        return (SliceParser)
            _createParser(body, 0, 0, _createContext(ContentReference.unknown(), false));
      } catch (IOException e) {
        throw new IllegalStateException("nothing has been read yet", e);
      }
    }

    @Override
    protected JsonParser _createParser(byte[] body, int offset, int length, IOContext context)
        throws IOException {
      return new SliceParser(
          context,
          _parserFeatures,
          _byteSymbolCanonicalizer.makeChildOrPlaceholder(_factoryFeatures),
          body);
    }
  }
}
