using System;
using System.Collections.Generic;
using System.Text;
using Rouse.Linux;

namespace Rouse.Server.Tests.Fakes;

/// <summary>Its disk, its log daemon, and the control sockets on it.</summary>
internal sealed partial class FakeSystem
{
    /// <summary>A disk that takes its time.</summary>
    public Action? BeforeOpenAppend { get; set; }

    public SysResult OpenAppend(string path)
    {
        BeforeOpenAppend?.Invoke();
        if (path.StartsWith("/nowhere/", StringComparison.Ordinal))
        {
            return SysResult.Fail(Errno.ENOENT);
        }

        SysResult made = New(FakeKind.Log);
        Logs.TryAdd(path, new StringBuilder());
        _open[made.Value].Log = Logs[path];
        return made;
    }

    public SysResult ReadFile(string path, Span<byte> buffer)
    {
        if (!Files.TryGetValue(path, out byte[]? bytes))
        {
            return SysResult.Fail(Errno.ENOENT);
        }

        int n = Math.Min(bytes.Length, buffer.Length);
        bytes.AsSpan(0, n).CopyTo(buffer);
        return SysResult.Success(n);
    }

    /// <summary>How often something was written, or was to be.</summary>
    public int WriteCount { get; private set; }

    public SysResult Write(Fd fd, ReadOnlySpan<byte> bytes)
    {
        WriteCount++;
        if (WriteError != Errno.None || DiskRoom == 0)
        {
            return SysResult.Fail(WriteError == Errno.None ? Errno.ENOSPC : WriteError);
        }

        bytes = bytes[..(int)Math.Min(bytes.Length, DiskRoom)];
        DiskRoom -= DiskRoom == long.MaxValue ? 0 : bytes.Length;
        if (KeepsLogs && _open.TryGetValue(fd.Value, out FakeFile? file))
        {
            file.Log!.Append(Encoding.Latin1.GetString(bytes));
        }

        return SysResult.Success(bytes.Length);
    }

    public bool KeepsLogs { get; set; } = true;

    /// <summary>How many bytes the disk still takes.</summary>
    public long DiskRoom { get; set; } = long.MaxValue;

    /// <summary>What reached /dev/log.</summary>
    public List<string> Syslog { get; } = [];

    /// <summary>What opening /dev/log, or sending to it, fails with.</summary>
    public Errno SyslogOpenError { get; set; } = Errno.ENOENT;

    public Errno SyslogSendError { get; set; }

    public bool SyslogIsStream { get; set; }

    /// <summary>How many bytes a stream of it takes of the next line.</summary>
    public int SyslogRoom { get; set; } = int.MaxValue;

    private SysResult SendToSyslog(ReadOnlySpan<byte> bytes)
    {
        if (SyslogRoom < bytes.Length)
        {
            return SysResult.Success(SyslogRoom);
        }

        if (SyslogSendError == Errno.None)
        {
            Syslog.Add(Encoding.Latin1.GetString(bytes));
        }

        return SyslogSendError == Errno.None ? SysResult.Success(bytes.Length) : SysResult.Fail(SyslogSendError);
    }

    public long SizeOf(Fd fd) => _open[fd.Value].Log?.Length ?? 0;

    public SysResult OpenSyslog(out bool isStream)
    {
        isStream = SyslogIsStream;
        return SyslogOpenError == Errno.None ? New(FakeKind.Syslog) : SysResult.Fail(SyslogOpenError);
    }

    public Errno ControlError { get; set; }

    /// <summary>Names of control sockets that exist.</summary>
    public HashSet<string> ControlPaths { get; } = [];

    public SysResult OpenControl(string path, out long inode)
    {
        inode = 7;
        if (ControlError != Errno.None)
        {
            return SysResult.Fail(ControlError);
        }

        ControlPaths.Add(path);
        return New(FakeKind.Control);
    }

    public void RemoveControl(string path, long inode)
    {
        ControlPaths.Remove(path);
        if (Paths.TryGetValue(path, out int fd) && fd == inode)
        {
            Paths.Remove(path);
        }
    }

    public SysResult PeerUser(Fd connection, out uint uid)
    {
        uid = _open[connection.Value].Peer!.Uid;
        return SysResult.Success();
    }

    /// <summary>Somebody of this machine connects to the control socket.</summary>
    public void ConnectControl(FakePeer end)
    {
        foreach (FakeFile file in _open.Values)
        {
            if (file.Kind == FakeKind.Control)
            {
                file.Waiting.Enqueue((new SocketAddress(AddressFamily.Unix, 0, 0), end));
            }
        }
    }
}
