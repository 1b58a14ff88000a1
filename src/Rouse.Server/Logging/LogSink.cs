using System;

namespace Rouse.Server.Logging;

/// <summary>Where lines go. A sink never blocks the loop for long, never fails its caller, and counts what it lost.</summary>
public abstract class LogSink
{
    /// <summary>Lines that could not be written since the start.</summary>
    public long Lost { get; protected set; }

    /// <summary>Whether lines can be taken; a service whose lines would be lost from the start is not started.</summary>
    public virtual bool IsOpen => true;

    /// <summary>Takes a line without its time and without its end.</summary>
    public abstract void Write(ReadOnlySpan<byte> line);

    /// <summary>Writes what the turn has gathered.</summary>
    public virtual void Flush()
    {
    }

    /// <summary>Opens the file anew (after its rotation), or connects again.</summary>
    public virtual void Reopen()
    {
    }

    public virtual void Close()
    {
    }

    /// <summary>What stands in a log where lines are missing; <paramref name="text"/> has room for 64 bytes.</summary>
    internal static ReadOnlySpan<byte> LostLinesNotice(long lines, Span<byte> text)
    {
        LogLine notice = new(text);
        notice.Append(lines);
        notice.Append(lines == 1 ? " line of this log was lost"u8 : " lines of this log were lost"u8);
        return notice.Bytes;
    }
}
