using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text.Json;
using Rouse.Linux;
using Rouse.Server.Control;

namespace Rouse.Tools.Control;

/// <summary>Asks a running daemon over its control socket.</summary>
internal sealed class ControlClient
{
    private const int PatienceSeconds = 10;
    private const int LongestAnswer = 256 * 1024 * 1024;

    private readonly string _path;
    private readonly Fd _connection;
    private readonly int _wholeSeconds;
    private long _asked;
    private byte[] _buffer = new byte[64 * 1024];
    private int _length;

    private ControlClient(string path, Fd connection, int wholeSeconds)
    {
        _path = path;
        _connection = connection;
        _wholeSeconds = wholeSeconds;
    }

    /// <summary>The socket that is asked: the one named, one's own daemon's, or root's.</summary>
    public static string Path(string? named)
    {
        if (named is not null)
        {
            return named;
        }

        string? own = ControlPath.Default(ThisProcess.IsRoot, Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"));
        return own is not null && Files.KindOf(own) != FileKind.Missing ? own : ControlPath.OfRoot;
    }

    /// <param name="isPatient">The answer may take as long as it takes.</param>
    /// <param name="fault">Why it cannot be asked; what to do about it.</param>
    public static ControlClient? Connect(string path, bool isPatient, out string fault) => Connect(path, isPatient, out fault, out _);

    /// <inheritdoc cref="Connect(string, bool, out string)"/>
    /// <param name="why">The same as the system said it.</param>
    /// <param name="wholeSeconds">An answer that is not at its end after so many seconds is given up, however steadily it comes (0: never).</param>
    public static ControlClient? Connect(string path, bool isPatient, out string fault, out Errno why, int wholeSeconds = 0)
    {
        SysResult connected = ControlSocket.Connect(path, wholeSeconds > 0 ? wholeSeconds : isPatient ? 0 : PatienceSeconds);
        why = connected.Error;
        fault = connected.Ok ? "" : connected.Error switch
        {
            Errno.ENOENT or Errno.ENOTDIR =>
                $"no daemon answers at {path}: is roused running? One that was started with -control PATH is asked with --control PATH",
            Errno.ECONNREFUSED => $"no daemon answers at {path}: the one that made it has ended",
            Errno.EAGAIN => $"the daemon at {path} takes no connections: it is stopped, or very busy",
            Errno.EACCES or Errno.EPERM => $"{path} is for root and the daemon's user only: try again as one of them",
            Errno other => $"{path}: {other.Describe()}",
        };
        return connected.Ok ? new ControlClient(path, connected.Fd, wholeSeconds) : null;
    }

    /// <summary>The last answer was a refusal because there is no service of that name.</summary>
    public bool IsUnknown { get; private set; }

    /// <summary>A daemon listens there for us.</summary>
    public static bool Answers(string path) => Connect(path, isPatient: false, out _) is not null;

    /// <summary>Sends one request and takes its answer: the lines before the last one.</summary>
    /// <param name="fault">What the daemon says against it, or what went wrong on the way.</param>
    public List<JsonElement> Ask(in ControlRequest request, out string fault)
    {
        List<JsonElement> lines = [];
        IsUnknown = false;
        _asked = Stopwatch.GetTimestamp();

        // A daemon that turns us away has closed its end, perhaps before this was written; what it said is there to be read.
        bool isHeard = StandardStreams.Write(_connection.Value, request.ToLine());
        while (true)
        {
            if (!ReadLine(out JsonElement line, out fault))
            {
                fault = isHeard ? fault : $"the daemon at {_path} does not listen any more";
                return lines;
            }

            if (Text(line, "type") == "end")
            {
                fault = Text(line, "error");
                IsUnknown = line.TryGetProperty("unknown", out JsonElement unknown) && unknown.ValueKind == JsonValueKind.True;
                return lines;
            }

            lines.Add(line);
        }
    }

    /// <summary>Waits for the daemon's end of the connection: it goes with the daemon.</summary>
    public void AwaitEnd()
    {
        SysResult got;
        do
        {
            got = Files.Read(_connection, _buffer);
        }
        while (got is { Ok: true, Value: > 0 } || got.Error == Errno.EINTR);
    }

    public static string Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private bool ReadLine(out JsonElement line, out string fault)
    {
        line = default;
        int looked = 0;
        int end;
        while ((end = _buffer.AsSpan(looked, _length - looked).IndexOf((byte)'\n')) < 0)
        {
            looked = _length;
            if (!ReadMore(out fault))
            {
                return false;
            }
        }

        end += looked;
        fault = "";
        try
        {
            line = JsonElement.Parse(_buffer.AsSpan(0, end));
        }
        catch (JsonException)
        {
            fault = $"the daemon at {_path} answers what this version does not understand";
            return false;
        }

        _buffer.AsSpan(end + 1, _length - end - 1).CopyTo(_buffer);
        _length -= end + 1;
        return true;
    }

    private bool ReadMore(out string fault)
    {
        if (_length == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        SysResult got;
        do
        {
            got = Files.Read(_connection, _buffer.AsSpan(_length));
        }
        while (got.Error == Errno.EINTR);

        fault = got switch
        {
            { Ok: true, Value: 0 } => $"the daemon at {_path} has ended before it answered",
            { Error: Errno.EAGAIN } => $"the daemon at {_path} has not answered for {(_wholeSeconds > 0 ? _wholeSeconds : PatienceSeconds)} seconds",
            _ when _wholeSeconds > 0 && Stopwatch.GetElapsedTime(_asked).TotalSeconds > _wholeSeconds =>
                $"the daemon at {_path} has not come to the end of its answer in {_wholeSeconds} seconds",
            { Ok: false } => $"{_path}: {got.Error.Describe()}",
            _ when _length > LongestAnswer => $"the daemon at {_path} does not come to an end",
            _ => "",
        };
        _length += Math.Max(got.Value, 0);
        return fault.Length == 0;
    }
}
