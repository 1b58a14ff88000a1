using System;
using System.Text;

namespace Rouse.Server.Control;

/// <summary>
/// What a control connection asks for: one flat JSON object, <c>{"version":1,"verb":"status","service":"x"}</c>. Members that are not
/// known are passed over, so that a later client can say more; anything that is not of this form is a fault.
/// </summary>
public readonly record struct ControlRequest(string Verb, string Service)
{
    /// <summary>The further members of a <c>why</c>; null for any other verb.</summary>
    public WhyRequest? Why { get; init; }

    /// <summary>Raised when a member changes its meaning.</summary>
    public const int Version = 1;

    /// <summary>Reads a line without its end. The fault says what is wrong with it; empty when nothing is.</summary>
    public static string Parse(ReadOnlySpan<byte> line, out ControlRequest request)
    {
        request = new ControlRequest("", "");
        JsonReader reader = new(line);
        if (!reader.Take('{'))
        {
            return "a request is a JSON object on one line";
        }

        long version = 0;
        bool more = !reader.Take('}');
        while (more)
        {
            if (!reader.TakeText(out string name) || !reader.Take(':') || !reader.TakeValue(out string text, out long? number))
            {
                return "a request is a flat JSON object: names with texts, numbers, true, false or null";
            }

            switch (name)
            {
                case "version":
                    version = number ?? 0;
                    break;
                case "verb":
                    request = request with { Verb = text };
                    break;
                case "service":
                    request = request with { Service = text };
                    break;
                default:
                    if (WhyRequest.With(request.Why, name, text, number) is { } why)
                    {
                        request = request with { Why = why };
                    }

                    break;
            }

            more = reader.Take(',');
            if (!more && !reader.Take('}'))
            {
                return "the JSON object has no end";
            }
        }

        if (!reader.IsAtEnd)
        {
            return "something follows the JSON object";
        }

        return version == Version ? "" : $"this daemon speaks version {Version} of the control protocol";
    }

    /// <summary>The tokens of RFC 8259 that a flat object needs.</summary>
    private ref struct JsonReader(ReadOnlySpan<byte> text)
    {
        private ReadOnlySpan<byte> _rest = text;

        public bool IsAtEnd
        {
            get
            {
                SkipBlanks();
                return _rest.IsEmpty;
            }
        }

        public bool Take(char one)
        {
            SkipBlanks();
            if (_rest.IsEmpty || _rest[0] != one)
            {
                return false;
            }

            _rest = _rest[1..];
            return true;
        }

        public bool TakeValue(out string text, out long? number)
        {
            (text, number) = ("", null);
            SkipBlanks();
            if (!_rest.IsEmpty && _rest[0] == '"')
            {
                return TakeText(out text);
            }

            int length = 0;
            while (length < _rest.Length && _rest[length] is not ((byte)' ' or (byte)'\t' or (byte)',' or (byte)'}'))
            {
                length++;
            }

            ReadOnlySpan<byte> word = _rest[..length];
            _rest = _rest[length..];
            return word.SequenceEqual("true"u8) || word.SequenceEqual("false"u8) || word.SequenceEqual("null"u8)
                || IsNumber(word, out number);
        }

        public bool TakeText(out string text)
        {
            text = "";
            if (!Take('"'))
            {
                return false;
            }

            StringBuilder taken = new();
            for (int i = 0; i < _rest.Length; i++)
            {
                byte one = _rest[i];
                if (one == '"')
                {
                    _rest = _rest[(i + 1)..];
                    text = taken.ToString();
                    return true;
                }

                if (one < ' ')
                {
                    return false;
                }

                if (one != '\\')
                {
                    taken.Append((char)one);
                }
                else if (!TakeEscape(ref i, taken))
                {
                    return false;
                }
            }

            return false;
        }

        private readonly bool TakeEscape(ref int at, StringBuilder taken)
        {
            if (++at >= _rest.Length)
            {
                return false;
            }

            if (_rest[at] == 'u')
            {
                // A text is bytes: there is nothing beyond U+00FF.
                int code = 0;
                for (int digit = 0; digit < 4; digit++)
                {
                    int value = ++at < _rest.Length ? "0123456789abcdefABCDEF"u8.IndexOf(_rest[at]) : -1;
                    if (value < 0)
                    {
                        return false;
                    }

                    code = (code * 16) + (value < 16 ? value : value - 6);
                }

                taken.Append((char)code);
                return code <= 0xff;
            }

            int which = "\"\\/bfnrt"u8.IndexOf(_rest[at]);
            if (which < 0)
            {
                return false;
            }

            taken.Append("\"\\/\b\f\n\r\t"[which]);
            return true;
        }

        // Whole numbers of up to eighteen digits: nothing else is asked with.
        private static bool IsNumber(ReadOnlySpan<byte> word, out long? number)
        {
            bool isNegative = !word.IsEmpty && word[0] == '-';
            ReadOnlySpan<byte> digits = isNegative ? word[1..] : word;
            long value = 0;
            foreach (byte digit in digits)
            {
                if (digit is < (byte)'0' or > (byte)'9' || digits.Length > 18)
                {
                    number = null;
                    return false;
                }

                value = (value * 10) + digit - '0';
            }

            number = isNegative ? -value : value;
            return !digits.IsEmpty;
        }

        private void SkipBlanks() => _rest = _rest.TrimStart(" \t"u8);
    }

    /// <summary>The request as a line, for a client.</summary>
    public byte[] ToLine()
    {
        JsonLine json = new();
        json.Begin();
        json.Number("version", Version);
        json.Text("verb", Verb);
        if (Service.Length > 0)
        {
            json.Text("service", Service);
        }

        Why?.Write(json);
        json.EndLine();
        return json.Bytes.ToArray();
    }
}
