using System;
using System.Buffers;
using Rouse.Config.Text;
using Rouse.Tools.Convert;

namespace Rouse.Tools.Itox;

/// <summary>
/// The original's reading of inetd.conf, which is more lenient than a super-server's: it looks at no value but for the marks in it, and a
/// line without one of its fields ends the conversion, with nothing written.
/// </summary>
/// <param name="daemonDirectory">Where servers behind tcpd are, when their names are not absolute; null where it was not given.</param>
internal ref struct ItoxConversion(string? daemonDirectory, IBufferWriter<byte> output, IBufferWriter<byte> complaints)
{
    private readonly EntryText _output = new(output);
    private readonly EntryText _complaints = new(complaints);
    private ReadOnlySpan<byte> _line;
    private int _number;
    private bool _failed;

    /// <summary>False where the original gives up.</summary>
    public bool Run(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty && !_failed)
        {
            int length = input.IndexOf((byte)'\n');
            _line = length < 0 ? input : input[..length];
            input = length < 0 ? [] : input[(length + 1)..];
            _number++;

            // A string of C ends at its first zero byte.
            int zero = _line.IndexOf((byte)0);
            _line = zero < 0 ? _line : _line[..zero];
            if (!_line.IsEmpty && _line[0] != (byte)'#')
            {
                Convert();
            }
        }

        return !_failed;
    }

    private void Convert()
    {
        string service = Field("service name");
        string socketType = Field("socket type");
        string protocol = Field("protocol");
        string wait = Field("wait/nowait");
        string user = Field("user[.group]");
        string server = Field("server");
        bool isInternal = server == "internal";
        string name = isInternal ? "" : Field("server name");
        if (_failed)
        {
            return;
        }

        (service, string? versions) = Cut(service, '/');
        (string front, string? back) = Cut(protocol, '/');
        protocol = back ?? front;
        (wait, string? most) = Cut(wait, '.');
        (user, string? group) = Cut(user, '.');
        if (most is not null)
        {
            _complaints.Write(
                $"The entry for service {service}/{protocol} may be wrong, because\nwe can't convert .max option for wait/nowait field\n");
        }

        if (!isInternal && server[(server.LastIndexOf('/') + 1)..] == "tcpd" && !Unwrap(ref server, name))
        {
            return;
        }

        _output.Begin($"service {service}");
        if (versions is not null)
        {
            _output.Attribute("type", "RPC");
            _output.Attribute("rpc_version", versions);
        }

        _output.Attribute("socket_type", socketType);
        _output.Attribute("protocol", protocol);
        _output.Attribute("wait", wait == "wait" ? "yes" : "no");
        _output.Attribute("user", user);
        if (group is not null)
        {
            _output.Attribute("group", group);
        }

        if (!isInternal)
        {
            WriteServer(server);
        }
        else if (versions is null)
        {
            _output.Attribute("type", "INTERNAL");
            _output.Attribute("id", $"{service}-{socketType}");
        }
        else
        {
            _complaints.Write($"The entry for service {service} will be wrong because\nwe can't handle internal RPC services\n");
        }

        _output.End();
    }

    private void WriteServer(string server)
    {
        _output.Attribute("server", server);
        string arguments = "";
        for (ReadOnlySpan<byte> word = Word(); !word.IsEmpty; word = Word())
        {
            arguments += (arguments.Length == 0 ? "" : " ") + SourceFile.Decode(word);
        }

        if (arguments.Length > 0)
        {
            _output.Attribute("server_args", arguments);
        }
    }

    // The server behind tcpd takes its place.
    private bool Unwrap(ref string server, string name)
    {
        if (daemonDirectory is null)
        {
            _complaints.Write("You must use option -daemon_dir if you use tcpd\n");
            _failed = true;
            return false;
        }

        string directory = daemonDirectory.EndsWith('/') ? daemonDirectory[..^1] : daemonDirectory;
        server = name.StartsWith('/') ? name : $"{directory}/{name}";
        return true;
    }

    private string Field(string what)
    {
        ReadOnlySpan<byte> word = Word();
        if (word.IsEmpty && !_failed)
        {
            _failed = true;
            _complaints.Write($"Line {_number}: {what} missing \n");
        }

        return SourceFile.Decode(word);
    }

    private ReadOnlySpan<byte> Word()
    {
        _line = _line.TrimStart(" \t\r\v\f"u8);
        int length = _line.IndexOfAny(" \t\r\v\f"u8);
        ReadOnlySpan<byte> word = length < 0 ? _line : _line[..length];
        _line = _line[word.Length..];
        return word;
    }

    private static (string Front, string? Back) Cut(string text, char mark)
    {
        int at = text.IndexOf(mark);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }
}
