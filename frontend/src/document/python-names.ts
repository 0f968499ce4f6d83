/** Names that a node must not have, because exported code uses its id as a variable. Data only. */

const NAMES =
  "ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError " +
  "BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError " +
  "ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning " +
  "EnvironmentError Exception ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError " +
  "FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError " +
  "InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError " +
  "ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError OSError " +
  "OverflowError PendingDeprecationWarning PermissionError ProcessLookupError RecursionError " +
  "ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration " +
  "SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True TypeError " +
  "UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError " +
  "UnicodeWarning UserWarning ValueError Warning ZeroDivisionError abs aiter all and anext any as ascii " +
  "assert async await bin bool break breakpoint bytearray bytes callable chr class classmethod compile " +
  "complex continue copyright credits def del delattr dict dir divmod elif else enumerate eval except " +
  "exec exit filter finally float for format from frozenset getattr global globals gradcanvas hasattr " +
  "hash help hex id if import in input int is isinstance issubclass iter lambda len license list locals " +
  "map max memoryview min next nonlocal not object oct open or ord pass pow print property quit raise " +
  "range repr return reversed round set setattr slice sorted staticmethod str sum super torch try tuple " +
  "type vars while with yield zip";

/** Python's keywords and builtins, `torch` and `gradcanvas`. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(NAMES.split(" "));
