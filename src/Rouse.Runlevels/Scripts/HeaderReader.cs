using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Rouse.Runlevels.Scripts;

/// <summary>Reads a script's comments, wherever in it they stand. Whatever else the script holds is never looked at.</summary>
internal ref struct HeaderReader
{
    private const string Begin = "### BEGIN INIT INFO";
    private const string End = "### END INIT INFO";

    private readonly string _file;
    private readonly List<HeaderFault> _faults;
    private ReadOnlySpan<byte> _rest;
    private int _line;
    private bool _isInBlock;
    private int _blockLine;
    private bool _isDescribing;
    private bool _isLsbDescription;
    private string _language = "";
    private ScriptHeader _header;
    private LsbBlock _block = new();
    private Dictionary<string, string>? _descriptions;

    private HeaderReader(string file, ReadOnlySpan<byte> bytes, ScriptHeader header, List<HeaderFault> faults)
    {
        _file = file;
        _rest = bytes;
        _header = header;
        _faults = faults;
    }

    /// <param name="file">How the file is named in faults.</param>
    /// <param name="below">What holds where this file says nothing: the script's own header for a file of chkconfig.d.</param>
    public static ScriptHeader Read(string file, ReadOnlySpan<byte> bytes, ScriptHeader below, List<HeaderFault> faults)
    {
        HeaderReader reader = new(file, bytes, below, faults);
        reader.ReadLines();
        return reader._header;
    }

    private void ReadLines()
    {
        while (!_rest.IsEmpty)
        {
            int length = _rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = length < 0 ? _rest : _rest[..length];
            _rest = length < 0 ? [] : _rest[(length + 1)..];
            _line++;
            if (!line.IsEmpty && (line[0] == (byte)'#' || line[0] is (byte)' ' or (byte)'\t'))
            {
                ReadLine(line);
            }
            else
            {
                _isDescribing = false;
            }
        }

        if (_isInBlock)
        {
            Fault(_blockLine, 1, $"this LSB block has no '{End}'; add that line after its last one");
        }

        if (_descriptions is not null)
        {
            _header = _header with { Descriptions = _descriptions };
        }
    }

    private void ReadLine(ReadOnlySpan<byte> bytes)
    {
        int start = 0;
        while (start < bytes.Length && bytes[start] is (byte)' ' or (byte)'\t')
        {
            start++;
        }

        if (start == bytes.Length || bytes[start] != (byte)'#')
        {
            _isDescribing = false;
            return;
        }

        string line = Encoding.Latin1.GetString(bytes[start..]).TrimEnd();
        if (line is Begin or End)
        {
            Frame(line == Begin);
            return;
        }

        int text = 1;
        while (text < line.Length && line[text] is ' ' or '\t')
        {
            text++;
        }

        if (_isDescribing && Continue(line, text))
        {
            return;
        }

        int colon = line.IndexOf(':', text);
        if (colon > text)
        {
            string value = line[(colon + 1)..].TrimStart();
            ReadKeyword(line[text..colon], value, start + line.Length - value.Length + 1);
        }
    }

    private void Frame(bool begins)
    {
        _isDescribing = false;
        if (begins)
        {
            _isInBlock = true;
            _blockLine = _line;
            _header = _header with { Lsb = _block };
        }
        else if (!_isInBlock)
        {
            Fault(_line, 1, $"this ends an LSB block that does not begin; put '{Begin}' before its first line");
        }

        _isInBlock = begins;
    }

    private void ReadKeyword(string keyword, string value, int column)
    {
        if (_isInBlock && ReadOfBlock(keyword, value, column))
        {
            return;
        }

        switch (keyword)
        {
            case "chkconfig":
                ReadPriorities(value, column);
                break;
            case "hide":
                _header = _header with { IsHidden = value == "true" };
                break;
            case "description":
                Describe("", value);
                break;
            default:
                if (keyword.StartsWith("description(", StringComparison.Ordinal) && keyword[^1] == ')')
                {
                    Describe(keyword["description(".Length..^1], value);
                }

                break;
        }
    }

    private bool ReadOfBlock(string keyword, string value, int column)
    {
        switch (keyword)
        {
            case "Provides":
                _block = _block with { Provides = Names(value) };
                break;
            case "Required-Start":
                _block = _block with { RequiredStart = Names(value) };
                break;
            case "Required-Stop":
                _block = _block with { RequiredStop = Names(value) };
                break;
            case "Should-Start":
                _block = _block with { ShouldStart = Names(value) };
                break;
            case "Should-Stop":
                _block = _block with { ShouldStop = Names(value) };
                break;
            case "Default-Start":
                ReadDefaultStart(value, column);
                break;
            case "Default-Stop":
                break;
            case "Short-Description":
                _block = _block with { ShortDescription = value };
                break;
            case "Description":
                _header = _header with { Description = value };
                _language = "";
                _isDescribing = true;
                _isLsbDescription = true;
                break;
            default:
                return false;
        }

        _header = _header with { Lsb = _block };
        return true;
    }

    private void ReadDefaultStart(string value, int column)
    {
        Levels levels = default;
        foreach (string word in Names(value))
        {
            if (Levels.TryParse(word, out Levels some))
            {
                levels = levels.With(some);
            }
            else
            {
                Fault(_line, column, $"Default-Start: '{word}' is no runlevel of 0 to 6; it is passed over");
            }
        }

        _header = _header with { Levels = levels };
    }

    // LEVELS START STOP; a dash for no level.
    private void ReadPriorities(string value, int column)
    {
        string[] words = Names(value);
        Levels levels = default;
        if (words.Length < 3 || (words[0] != "-" && !Levels.TryParse(words[0], out levels)))
        {
            Fault(_line, column, $"'chkconfig: {value}' is not understood; write runlevels (or -) and two priorities, such as 'chkconfig: 345 85 15'");
            _header = _header with { Start = null, Stop = null };
            return;
        }

        if (!TryPriority(words[1], out int start) || !TryPriority(words[2], out int stop))
        {
            Fault(_line, column, $"'chkconfig: {value}': priorities are numbers of 0 to 99");
            _header = _header with { Start = null, Stop = null };
            return;
        }

        // In an LSB script the levels are those of its Default-Start, whichever comes first.
        bool blockHasLevels = _header.Lsb is not null && _header.Levels is not null;
        _header = _header with { Levels = blockHasLevels ? _header.Levels : levels, Start = start, Stop = stop };
    }

    private static bool TryPriority(string word, out int priority) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out priority) && priority is >= 0 and <= 99;

    private void Describe(string language, string value)
    {
        _language = language;
        _isDescribing = value.EndsWith('\\');
        _isLsbDescription = false;
        SetDescription(Cut(value));
    }

    // The next comment line goes on with a description: after a backslash, or, in an LSB block, where it is set in by a tab or two blanks.
    private bool Continue(string line, int text)
    {
        if (_isLsbDescription)
        {
            if (text < 2 || (line[1] != '\t' && text < 3))
            {
                _isDescribing = false;
                return false;
            }

            _header = _header with { Description = (_header.Description + " " + line[text..]).Trim() };
            return true;
        }

        string more = line[text..];
        string before = _language.Length == 0 ? _header.Description : _descriptions![_language];
        _isDescribing = more.EndsWith('\\');
        SetDescription((before + " " + Cut(more)).Trim());
        return true;
    }

    private void SetDescription(string text)
    {
        if (_language.Length == 0)
        {
            _header = _header with { Description = text };
            return;
        }

        _descriptions ??= new(_header.Descriptions, StringComparer.Ordinal);
        _descriptions[_language] = text;
    }

    private static string Cut(string value) => value.EndsWith('\\') ? value[..^1].TrimEnd() : value;

    private static string[] Names(string value) =>
        value.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private readonly void Fault(int line, int column, string text) => _faults.Add(new(_file, line, column, text));
}
