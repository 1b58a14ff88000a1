using System;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>
/// A <see cref="ServerSpec"/> laid out in native memory once for a service, so that starting a server allocates nothing: execve's three
/// arguments, the limits and the groups. For each connection only the REMOTE_HOST string is written.
/// </summary>
// SAFETY: one block of memory, sized exactly before it is filled, freed with the object; pointers in it point into it.
public sealed unsafe class ServerImage : IDisposable
{
    private const int RemoteHostRoom = 80; // The name, an address of 62 bytes with its interface, a zero byte.
    private const int ConnectionWords = 5;
    private const int ConnectionRoom = 80; // The longest name, an address of 62 bytes, a zero byte.
    private const int ListenPidRoom = 24; // The name, the digits of a process id, a zero byte.
    private static ReadOnlySpan<byte> ListenPidName => "LISTEN_PID="u8;

    private static ReadOnlySpan<byte> RemoteHostName => "REMOTE_HOST="u8;

    private ChildPlan* _plan;
    private byte* _free;

    public ServerImage(ServerSpec spec)
    {
        Spec = spec;
        ImmutableArray<uint> groups = spec.Groups.IsDefault ? [] : spec.Groups;
        nuint size = (nuint)sizeof(ChildPlan) + RemoteHostRoom + Room(spec.Path)
            + (nuint)((spec.Arguments.Length + 1 + spec.Environment.Length + 2) * sizeof(byte*))
            + (nuint)((spec.ResourceLimits.Length * sizeof(LimitPlan)) + (groups.Length * sizeof(uint)) + (spec.DefaultSignals.Length * sizeof(int)))
            + (nuint)(spec.IsLabeled ? SecurityLabel.Room : 0)
            + (nuint)(spec.TellsConnection ? ConnectionWords * (ConnectionRoom + sizeof(byte*)) : 0)
            + (nuint)(spec.ListenerCount > 0 ? ListenPidRoom + sizeof(byte*) + (spec.ListenerCount * sizeof(int)) + 8 : 0);
        foreach (string word in spec.Arguments)
        {
            size += Room(word);
        }

        foreach (string word in spec.Environment)
        {
            size += Room(word);
        }

        _plan = (ChildPlan*)NativeMemory.AllocZeroed(size + 64);
        _free = (byte*)(_plan + 1);
        _plan->Arguments = TakePointers(spec.Arguments.Length + 1);
        int connectionWords = spec.TellsConnection ? ConnectionWords : 0;
        int listenWords = spec.ListenerCount > 0 ? 1 : 0;
        _plan->Environment = TakePointers(spec.Environment.Length + listenWords + connectionWords + 2);
        _plan->Listeners = (int*)Take(spec.ListenerCount * sizeof(int));
        _plan->Limits = (LimitPlan*)Take(spec.ResourceLimits.Length * sizeof(LimitPlan));
        _plan->Groups = (uint*)Take(groups.Length * sizeof(uint));
        _plan->DefaultSignals = (int*)Take(spec.DefaultSignals.Length * sizeof(int));
        _plan->Path = Text(spec.Path);
        for (int i = 0; i < spec.Arguments.Length; i++)
        {
            _plan->Arguments[i] = Text(spec.Arguments[i]);
        }

        for (int i = 0; i < spec.Environment.Length; i++)
        {
            _plan->Environment[i] = Text(spec.Environment[i]);
        }

        if (listenWords > 0)
        {
            byte* word = Take(ListenPidRoom);
            ListenPidName.CopyTo(new Span<byte>(word, ListenPidRoom));
            _plan->ListenPid = word + ListenPidName.Length;
            _plan->Environment[spec.Environment.Length] = word;
        }

        _plan->ConnectionSlots = _plan->Environment + spec.Environment.Length + listenWords;
        _plan->RemoteHostSlot = _plan->ConnectionSlots + connectionWords;
        _plan->Connection = Take(connectionWords * ConnectionRoom);
        _plan->RemoteHost = Take(RemoteHostRoom);
        RemoteHostName.CopyTo(new Span<byte>(_plan->RemoteHost, RemoteHostRoom));

        _plan->Label = spec.IsLabeled ? Take(SecurityLabel.Room) : null;

        _plan->LimitCount = spec.ResourceLimits.Length;
        for (int i = 0; i < spec.ResourceLimits.Length; i++)
        {
            ResourceLimitSpec limit = spec.ResourceLimits[i];
            _plan->Limits[i] = new LimitPlan { Resource = limit.Resource, Soft = limit.Soft, Hard = limit.Hard };
        }

        _plan->GroupCount = spec.Groups.IsDefault ? -1 : groups.Length;
        for (int i = 0; i < groups.Length; i++)
        {
            _plan->Groups[i] = groups[i];
        }

        _plan->DefaultSignalCount = spec.DefaultSignals.Length;
        for (int i = 0; i < spec.DefaultSignals.Length; i++)
        {
            _plan->DefaultSignals[i] = spec.DefaultSignals[i];
        }

        _plan->Output = -1;
        _plan->Uid = spec.Uid ?? uint.MaxValue;
        _plan->Gid = spec.Gid ?? uint.MaxValue;
        _plan->Umask = spec.Umask ?? -1;
        _plan->Nice = spec.Nice;
    }

    ~ServerImage() => Free();

    public ServerSpec Spec { get; }

    /// <summary>How the last spawn of this image failed between the child's birth and its exec; <see cref="LaunchStage.None"/> if it did not.</summary>
    public LaunchFailure Failure => new(_plan->FailedStage, (Errno)_plan->FailedErrno);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>The security context of the next server of this image, which is a labelled one.</summary>
    public void SetLabel(ReadOnlySpan<byte> label)
    {
        label.CopyTo(new Span<byte>(_plan->Label, SecurityLabel.Room));
        _plan->LabelLength = label.Length;
    }

    /// <summary>Where descriptors 1 and 2 of the next servers lead, in place of the socket.</summary>
    public void SetOutput(Fd output) => _plan->Output = output.Value;

    /// <summary>The sockets of the next server, as many as its <see cref="ServerSpec.ListenerCount"/>.</summary>
    public void SetListeners(ReadOnlySpan<Fd> sockets)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sockets.Length, Spec.ListenerCount);
        for (int i = 0; i < sockets.Length; i++)
        {
            _plan->Listeners[i] = sockets[i].Value;
        }

        _plan->ListenerCount = sockets.Length;
    }

    /// <summary>
    /// The ends of the next server's connection, in the variables that inetutils has for them; an empty <paramref name="local"/> leaves all of
    /// them out. Only for an image that is to tell them.
    /// </summary>
    public void SetConnection(ReadOnlySpan<byte> local, ushort localPort, ReadOnlySpan<byte> peer, ushort peerPort)
    {
        if (local.IsEmpty)
        {
            *_plan->ConnectionSlots = null;
            return;
        }

        Span<byte> number = stackalloc byte[5];
        SetWord(0, "PROTO="u8, "TCP"u8);
        SetWord(1, "TCPLOCALIP="u8, local);
        SetWord(2, "TCPLOCALPORT="u8, Digits(localPort, number));
        SetWord(3, "TCPREMOTEIP="u8, peer);
        SetWord(4, "TCPREMOTEPORT="u8, Digits(peerPort, number));
    }

    /// <summary>Makes the plan ready for one connection; an empty <paramref name="remoteHost"/> leaves the variable out.</summary>
    internal ChildPlan* Aim(Fd socket, ReadOnlySpan<byte> remoteHost)
    {
        _plan->Socket = socket.Value;
        _plan->FailedStage = LaunchStage.None;
        _plan->FailedErrno = 0;
        if (remoteHost.IsEmpty || remoteHost.Length >= RemoteHostRoom - RemoteHostName.Length)
        {
            *_plan->RemoteHostSlot = null;
            return _plan;
        }

        Span<byte> value = new(_plan->RemoteHost + RemoteHostName.Length, RemoteHostRoom - RemoteHostName.Length);
        remoteHost.CopyTo(value);
        value[remoteHost.Length] = 0;
        *_plan->RemoteHostSlot = _plan->RemoteHost;
        return _plan;
    }

    private static ReadOnlySpan<byte> Digits(ushort number, Span<byte> room)
    {
        Utf8Formatter.TryFormat(number, room, out int length);
        return room[..length];
    }

    private void SetWord(int index, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        byte* at = _plan->Connection + (index * ConnectionRoom);
        Span<byte> room = new(at, ConnectionRoom);
        name.CopyTo(room);
        value[..Math.Min(value.Length, ConnectionRoom - name.Length - 1)].CopyTo(room[name.Length..]);
        room[Math.Min(name.Length + value.Length, ConnectionRoom - 1)] = 0;
        _plan->ConnectionSlots[index] = at;
    }

    private static nuint Room(string text) => (nuint)text.Length + 1;

    private byte* Take(int size)
    {
        byte* at = _free;
        _free += (size + 7) & ~7;
        return at;
    }

    private byte** TakePointers(int count) => (byte**)Take(count * sizeof(byte*));

    // Strings stand last but for REMOTE_HOST, packed: only tables need alignment.
    private byte* Text(string text)
    {
        byte* at = _free;
        _free += Encoding.Latin1.GetBytes(text, new Span<byte>(at, text.Length)) + 1;
        return at;
    }

    private void Free()
    {
        NativeMemory.Free(_plan);
        _plan = null;
    }
}

/// <summary>What the child reads and where it reports, all in plain memory.</summary>
// SAFETY: lives in the image's one block of memory and points into it; both end together.
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ChildPlan
{
    public byte* Path;
    public byte** Arguments;
    public byte** Environment;
    public byte** ConnectionSlots;
    public byte* Connection;
    public byte** RemoteHostSlot;
    public byte* RemoteHost;
    public LimitPlan* Limits;
    public uint* Groups;
    public int* DefaultSignals;
    public int* Listeners;
    public byte* ListenPid;
    public byte* Label;
    public int LabelLength;
    public int LimitCount;
    public int GroupCount;
    public int DefaultSignalCount;
    public int ListenerCount;
    public int Socket;
    public int Output;
    public int Umask;
    public int Nice;
    public uint Uid;
    public uint Gid;
    public LaunchStage FailedStage;
    public int FailedErrno;
}

/// <summary>struct rlimit with the number of its resource.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LimitPlan
{
    public ulong Soft;
    public ulong Hard;
    public int Resource;
}
