using System;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>
/// A <see cref="ServerSpec"/> that servers are started from, so that starting one allocates nothing: execve's three arguments, the limits and
/// the groups, laid out in the native memory of a <see cref="LaunchBlock"/>. They stay there from one server of this image to the next; then
/// only the REMOTE_HOST string is written for each.
/// </summary>
// SAFETY: the block is as large as was reserved for exactly this layout; pointers in it point into it, and are made anew with each layout.
public sealed unsafe class ServerImage : IDisposable
{
    private const int RemoteHostRoom = 80; // The name, an address of 62 bytes with its interface, a zero byte.
    private const int ConnectionWords = 5;
    private const int ConnectionRoom = 80; // The longest name, an address of 62 bytes, a zero byte.
    private static ReadOnlySpan<byte> RemoteHostName => "REMOTE_HOST="u8;

    private readonly LaunchBlock _block;
    private readonly bool _ownsBlock;

    /// <summary>An image with a block of its own, which ends with it.</summary>
    public ServerImage(ServerSpec spec)
        : this(spec, new LaunchBlock()) => _ownsBlock = true;

    public ServerImage(ServerSpec spec, LaunchBlock block)
    {
        Spec = spec;
        _block = block;
        block.Reserve(Size(spec));
    }

    public ServerSpec Spec { get; }

    /// <summary>How the last spawn of this image failed between the child's birth and its exec; <see cref="LaunchStage.None"/> if it did not.</summary>
    public LaunchFailure Failure =>
        _block.Holds(this) ? new(_block.Plan->FailedStage, (Errno)_block.Plan->FailedErrno) : new(LaunchStage.None, Errno.None);

    public void Dispose()
    {
        if (_ownsBlock)
        {
            _block.Free();
        }
    }

    /// <summary>The security context of the next server of this image, which is a labelled one.</summary>
    public void SetLabel(ReadOnlySpan<byte> label)
    {
        ChildPlan* plan = LaidOut();
        label.CopyTo(new Span<byte>(plan->Label, SecurityLabel.Room));
        plan->LabelLength = label.Length;
    }

    /// <summary>
    /// The ends of the next server's connection, in the variables that inetutils has for them; an empty <paramref name="local"/> leaves all of
    /// them out. Only for an image that is to tell them.
    /// </summary>
    public void SetConnection(ReadOnlySpan<byte> local, ushort localPort, ReadOnlySpan<byte> peer, ushort peerPort)
    {
        ChildPlan* plan = LaidOut();
        if (local.IsEmpty)
        {
            *plan->ConnectionSlots = null;
            return;
        }

        Span<byte> number = stackalloc byte[5];
        SetWord(plan, 0, "PROTO="u8, "TCP"u8);
        SetWord(plan, 1, "TCPLOCALIP="u8, local);
        SetWord(plan, 2, "TCPLOCALPORT="u8, Digits(localPort, number));
        SetWord(plan, 3, "TCPREMOTEIP="u8, peer);
        SetWord(plan, 4, "TCPREMOTEPORT="u8, Digits(peerPort, number));
    }

    /// <summary>Makes the plan ready for one connection; an empty <paramref name="remoteHost"/> leaves the variable out.</summary>
    internal ChildPlan* Aim(Fd socket, ReadOnlySpan<byte> remoteHost)
    {
        ChildPlan* plan = LaidOut();
        plan->Socket = socket.Value;
        plan->FailedStage = LaunchStage.None;
        plan->FailedErrno = 0;
        if (remoteHost.IsEmpty || remoteHost.Length >= RemoteHostRoom - RemoteHostName.Length)
        {
            *plan->RemoteHostSlot = null;
            return plan;
        }

        Span<byte> value = new(plan->RemoteHost + RemoteHostName.Length, RemoteHostRoom - RemoteHostName.Length);
        remoteHost.CopyTo(value);
        value[remoteHost.Length] = 0;
        *plan->RemoteHostSlot = plan->RemoteHost;
        return plan;
    }

    private ChildPlan* LaidOut()
    {
        if (!_block.Holds(this))
        {
            LayOut(Spec, _block.Begin(this, Size(Spec)));
        }

        return _block.Plan;
    }

    private static nuint Size(ServerSpec spec)
    {
        nuint size = (nuint)sizeof(ChildPlan) + RemoteHostRoom + Room(spec.Path)
            + (nuint)((spec.Arguments.Length + 1 + spec.Environment.Length + 2) * sizeof(byte*))
            + (nuint)((spec.ResourceLimits.Length * sizeof(LimitPlan)) + (Count(spec.Groups) * sizeof(uint)) + (spec.DefaultSignals.Length * sizeof(int)))
            + (nuint)(spec.IsLabeled ? SecurityLabel.Room : 0)
            + (nuint)(spec.TellsConnection ? ConnectionWords * (ConnectionRoom + sizeof(byte*)) : 0);
        foreach (string word in spec.Arguments)
        {
            size += Room(word);
        }

        foreach (string word in spec.Environment)
        {
            size += Room(word);
        }

        return size + 64; // Each of the seven tables may lose seven bytes to its alignment.
    }

    private static int Count(ImmutableArray<uint> groups) => groups.IsDefault ? 0 : groups.Length;

    private static void LayOut(ServerSpec spec, byte* free)
    {
        ChildPlan* plan = (ChildPlan*)free;
        free += sizeof(ChildPlan);
        int groupCount = Count(spec.Groups);
        plan->Arguments = TakePointers(ref free, spec.Arguments.Length + 1);
        int connectionWords = spec.TellsConnection ? ConnectionWords : 0;
        plan->Environment = TakePointers(ref free, spec.Environment.Length + connectionWords + 2);
        plan->Limits = (LimitPlan*)Take(ref free, spec.ResourceLimits.Length * sizeof(LimitPlan));
        plan->Groups = (uint*)Take(ref free, groupCount * sizeof(uint));
        plan->DefaultSignals = (int*)Take(ref free, spec.DefaultSignals.Length * sizeof(int));
        plan->Path = Text(ref free, spec.Path);
        for (int i = 0; i < spec.Arguments.Length; i++)
        {
            plan->Arguments[i] = Text(ref free, spec.Arguments[i]);
        }

        for (int i = 0; i < spec.Environment.Length; i++)
        {
            plan->Environment[i] = Text(ref free, spec.Environment[i]);
        }

        plan->ConnectionSlots = plan->Environment + spec.Environment.Length;
        plan->RemoteHostSlot = plan->ConnectionSlots + connectionWords;
        plan->Connection = Take(ref free, connectionWords * ConnectionRoom);
        plan->RemoteHost = Take(ref free, RemoteHostRoom);
        RemoteHostName.CopyTo(new Span<byte>(plan->RemoteHost, RemoteHostRoom));

        plan->Label = spec.IsLabeled ? Take(ref free, SecurityLabel.Room) : null;

        plan->LimitCount = spec.ResourceLimits.Length;
        for (int i = 0; i < spec.ResourceLimits.Length; i++)
        {
            ResourceLimitSpec limit = spec.ResourceLimits[i];
            plan->Limits[i] = new LimitPlan { Resource = limit.Resource, Soft = limit.Soft, Hard = limit.Hard };
        }

        plan->GroupCount = spec.Groups.IsDefault ? -1 : groupCount;
        for (int i = 0; i < groupCount; i++)
        {
            plan->Groups[i] = spec.Groups[i];
        }

        plan->DefaultSignalCount = spec.DefaultSignals.Length;
        for (int i = 0; i < spec.DefaultSignals.Length; i++)
        {
            plan->DefaultSignals[i] = spec.DefaultSignals[i];
        }

        plan->Uid = spec.Uid ?? uint.MaxValue;
        plan->Gid = spec.Gid ?? uint.MaxValue;
        plan->Umask = spec.Umask ?? -1;
        plan->Nice = spec.Nice;
    }

    private static ReadOnlySpan<byte> Digits(ushort number, Span<byte> room)
    {
        Utf8Formatter.TryFormat(number, room, out int length);
        return room[..length];
    }

    private static void SetWord(ChildPlan* plan, int index, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        byte* at = plan->Connection + (index * ConnectionRoom);
        Span<byte> room = new(at, ConnectionRoom);
        name.CopyTo(room);
        value[..Math.Min(value.Length, ConnectionRoom - name.Length - 1)].CopyTo(room[name.Length..]);
        room[Math.Min(name.Length + value.Length, ConnectionRoom - 1)] = 0;
        plan->ConnectionSlots[index] = at;
    }

    private static nuint Room(string text) => (nuint)text.Length + 1;

    private static byte* Take(ref byte* free, int size)
    {
        byte* at = free;
        free += (size + 7) & ~7;
        return at;
    }

    private static byte** TakePointers(ref byte* free, int count) => (byte**)Take(ref free, count * sizeof(byte*));

    // Strings stand last but for REMOTE_HOST, packed: only tables need alignment.
    private static byte* Text(ref byte* free, string text)
    {
        byte* at = free;
        free += Encoding.Latin1.GetBytes(text, new Span<byte>(at, text.Length)) + 1;
        return at;
    }
}

/// <summary>What the child reads and where it reports, all in plain memory.</summary>
// SAFETY: lives in the one block of memory that it points into, as its beginning.
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
    public byte* Label;
    public int LabelLength;
    public int LimitCount;
    public int GroupCount;
    public int DefaultSignalCount;
    public int Socket;
    public int Umask;
    public int Nice;
    public uint Uid;
    public uint Gid;
    public LaunchStage FailedStage;
    public int FailedErrno;

    /// <summary>Where the child writes how it failed, when its memory is not the daemon's; otherwise −1.</summary>
    public int Report;
}

/// <summary>struct rlimit with the number of its resource.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LimitPlan
{
    public ulong Soft;
    public ulong Hard;
    public int Resource;
}
