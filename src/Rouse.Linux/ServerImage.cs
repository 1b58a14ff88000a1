using System;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Rouse.Linux.Starting;

namespace Rouse.Linux;

/// <summary>
/// A <see cref="ServerSpec"/> that servers are started from, so that starting one allocates nothing: the steps to it, execve's three arguments,
/// the limits and the groups, laid out in the native memory of one of the <see cref="LaunchBlocks"/>. They stay there from one server of this
/// image to the next; then only the connection and the REMOTE_HOST string are written for each.
/// </summary>
// SAFETY: the block is as large as was asked for exactly this layout; pointers in it point into it, and are made anew with each layout.
public sealed unsafe class ServerImage : IDisposable
{
    private const int RemoteHostRoom = 80; // The name, an address of 62 bytes with its interface, a zero byte.
    private const int AddressWords = 5;
    private const int ConnectionRoom = 80; // The longest name, an address of 62 bytes, a zero byte.
    private const int NameWords = 2;
    private const int NameRoom = 272; // The longest name, a host's name of 255 bytes, a zero byte.
    private const int ConnectionWords = AddressWords + NameWords;
    private const int ConnectionSize = (AddressWords * ConnectionRoom) + (NameWords * NameRoom);
    private const int ListenPidRoom = 24; // The name, the digits of a process id, a zero byte.
    private static ReadOnlySpan<byte> ListenPidName => "LISTEN_PID="u8;

    private static ReadOnlySpan<byte> RemoteHostName => "REMOTE_HOST="u8;

    private readonly LaunchBlocks _blocks;
    private readonly bool _ownsBlocks;

    /// <summary>An image with memory of its own, which ends with it: whoever starts a server of it waits until that has begun.</summary>
    public ServerImage(ServerSpec spec)
        : this(spec, new LaunchBlocks(waitsForEach: true)) => _ownsBlocks = true;

    public ServerImage(ServerSpec spec, LaunchBlocks blocks)
    {
        Spec = spec;
        _blocks = blocks;
    }

    public ServerSpec Spec { get; }

    /// <summary>
    /// How the last server of this image failed between its birth and its exec; <see cref="LaunchStage.None"/> if it did not. Known at once only
    /// where it has been waited for; otherwise <see cref="LaunchBlocks.TryTakeFailure"/> tells it when the process has ended.
    /// </summary>
    public LaunchFailure Failure => _ownsBlocks ? _blocks.LastFailure : default;

    public void Dispose()
    {
        if (_ownsBlocks)
        {
            _blocks.Free();
        }
    }

    /// <summary>The security context of the next server of this image, which is a labelled one.</summary>
    public void SetLabel(ReadOnlySpan<byte> label)
    {
        ChildPlan* plan = _blocks.Next(this);
        label.CopyTo(new Span<byte>(plan->Label, SecurityLabel.Room));
        plan->WriteLabel->C = label.Length;
    }

    /// <summary>Where descriptors 1 and 2 of the next server lead, in place of the socket.</summary>
    public void SetOutput(Fd output) => _blocks.Next(this)->Output = output.Value;

    /// <summary>The sockets of the next server, as many as its <see cref="ServerSpec.ListenerCount"/>.</summary>
    public void SetListeners(ReadOnlySpan<Fd> sockets)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sockets.Length, Spec.ListenerCount);
        ChildPlan* plan = _blocks.Next(this);
        for (int i = 0; i < sockets.Length; i++)
        {
            plan->MoveListeners[i].A = sockets[i].Value;
        }
    }

    /// <summary>
    /// The ends of the next server's connection, in the variables that inetutils has for them; an empty <paramref name="local"/> leaves all of
    /// them out. Only for an image that is to tell them.
    /// </summary>
    public void SetConnection(ReadOnlySpan<byte> local, ushort localPort, ReadOnlySpan<byte> peer, ushort peerPort)
    {
        ChildPlan* plan = _blocks.Next(this);
        plan->RemoteHostSlot = plan->ConnectionSlots;
        if (local.IsEmpty)
        {
            return;
        }

        Span<byte> number = stackalloc byte[5];
        SetWord(plan, 0, "PROTO="u8, "TCP"u8);
        SetWord(plan, 1, "TCPLOCALIP="u8, local);
        SetWord(plan, 2, "TCPLOCALPORT="u8, Digits(localPort, number));
        SetWord(plan, 3, "TCPREMOTEIP="u8, peer);
        SetWord(plan, 4, "TCPREMOTEPORT="u8, Digits(peerPort, number));
    }

    /// <summary>The names of the two ends, after <see cref="SetConnection"/>; one that is empty, or longer than a name can be, is left out.</summary>
    public void SetNames(ReadOnlySpan<byte> local, ReadOnlySpan<byte> peer)
    {
        ChildPlan* plan = _blocks.Next(this);
        SetName(plan, 0, "TCPLOCALHOST="u8, local);
        SetName(plan, 1, "TCPREMOTEHOST="u8, peer);
    }

    /// <summary>Makes the plan ready for one connection; an empty <paramref name="remoteHost"/> leaves the variable out.</summary>
    internal ChildPlan* Aim(Fd socket, ReadOnlySpan<byte> remoteHost)
    {
        ChildPlan* plan = _blocks.Next(this);
        plan->FailedStage = LaunchStage.None;
        plan->FailedErrno = 0;
        int output = plan->Output >= 0 ? plan->Output : socket.Value;
        plan->PlaceSocket[0].A = socket.Value;
        plan->PlaceSocket[1].A = output;
        plan->PlaceSocket[2].A = output;
        if (plan->WriteLabel != null)
        {
            // The policy has been asked, and the kernel must have taken every byte: one of nothing is not good enough.
            plan->WriteLabel->Expected = Math.Max(plan->WriteLabel->C, 1);
        }

        // What was told of the connection ends here, whatever was told last time.
        plan->RemoteHostSlot[0] = null;
        plan->RemoteHostSlot[1] = null;
        if (remoteHost.IsEmpty || remoteHost.Length >= RemoteHostRoom - RemoteHostName.Length)
        {
            return plan;
        }

        Span<byte> value = new(plan->RemoteHost + RemoteHostName.Length, RemoteHostRoom - RemoteHostName.Length);
        remoteHost.CopyTo(value);
        value[remoteHost.Length] = 0;
        *plan->RemoteHostSlot = plan->RemoteHost;
        return plan;
    }

    /// <summary>The server that the plan was made ready for has been started, or could not be.</summary>
    internal void Started(SysResult result, double waitedMs) => _blocks.Started(result, waitedMs);

    /// <summary>Nothing that was set for one server holds for the next.</summary>
    internal static void Renew(ChildPlan* plan)
    {
        plan->Output = -1;
        plan->RemoteHostSlot = plan->ConnectionSlots;
        if (plan->WriteLabel != null)
        {
            plan->WriteLabel->C = 0;
        }
    }

    internal void LayOut(LaunchBlock block) => LayOut(Spec, block.Begin(this, Size(Spec)));

    private static nuint Size(ServerSpec spec)
    {
        nuint size = (nuint)sizeof(ChildPlan) + RemoteHostRoom + Room(spec.Path)
            + (nuint)((spec.Arguments.Length + 1 + spec.Environment.Length + 2) * sizeof(byte*))
            + (nuint)((StartCallList.Count(spec) * sizeof(StartCall)) + (spec.ResourceLimits.Length * sizeof(LimitPlan)) + (Count(spec.Groups) * sizeof(uint)))
            + (nuint)(spec.IsLabeled ? SecurityLabel.Room : 0)
            + (nuint)(spec.TellsConnection ? ConnectionSize + (ConnectionWords * sizeof(byte*)) : 0)
            + (nuint)(spec.ListenerCount > 0 ? ListenPidRoom + sizeof(byte*) : 0);
        foreach (string word in spec.Arguments)
        {
            size += Room(word);
        }

        foreach (string word in spec.Environment)
        {
            size += Room(word);
        }

        return size + 64; // Each of the eight tables may lose seven bytes to its alignment.
    }

    private static int Count(ImmutableArray<uint> groups) => groups.IsDefault ? 0 : groups.Length;

    private static void LayOut(ServerSpec spec, byte* free)
    {
        ChildPlan* plan = (ChildPlan*)free;
        free += sizeof(ChildPlan);
        plan->Calls = (StartCall*)Take(ref free, StartCallList.Count(spec) * sizeof(StartCall));
        int connectionWords = spec.TellsConnection ? ConnectionWords : 0;
        int listenWords = spec.ListenerCount > 0 ? 1 : 0;
        byte** arguments = TakePointers(ref free, spec.Arguments.Length + 1);
        byte** environment = TakePointers(ref free, spec.Environment.Length + listenWords + connectionWords + 2);
        LimitPlan* limits = (LimitPlan*)Take(ref free, spec.ResourceLimits.Length * sizeof(LimitPlan));
        uint* groups = (uint*)Take(ref free, Count(spec.Groups) * sizeof(uint));
        byte* path = Text(ref free, spec.Path);
        for (int i = 0; i < spec.Arguments.Length; i++)
        {
            arguments[i] = Text(ref free, spec.Arguments[i]);
        }

        for (int i = 0; i < spec.Environment.Length; i++)
        {
            environment[i] = Text(ref free, spec.Environment[i]);
        }

        if (listenWords > 0)
        {
            byte* word = Take(ref free, ListenPidRoom);
            ListenPidName.CopyTo(new Span<byte>(word, ListenPidRoom));
            plan->PidDigits = word + ListenPidName.Length;
            environment[spec.Environment.Length] = word;
        }

        plan->ConnectionSlots = environment + spec.Environment.Length + listenWords;
        plan->RemoteHostSlot = plan->ConnectionSlots;
        plan->Connection = Take(ref free, spec.TellsConnection ? ConnectionSize : 0);
        plan->RemoteHost = Take(ref free, RemoteHostRoom);
        RemoteHostName.CopyTo(new Span<byte>(plan->RemoteHost, RemoteHostRoom));
        plan->Label = spec.IsLabeled ? Take(ref free, SecurityLabel.Room) : null;
        plan->Nice = spec.Nice;
        for (int i = 0; i < spec.ResourceLimits.Length; i++)
        {
            ResourceLimitSpec limit = spec.ResourceLimits[i];
            limits[i] = new LimitPlan { Resource = limit.Resource, Soft = limit.Soft, Hard = limit.Hard };
        }

        for (int i = 0; i < Count(spec.Groups); i++)
        {
            groups[i] = spec.Groups[i];
        }

        StartCallList calls = new(plan->Calls);
        calls.ForgetHandlers();
        calls.BeginSession();
        plan->PlaceSocket = calls.PlaceSocket();
        plan->MoveListeners = spec.ListenerCount > 0 ? calls.PlaceListeners(spec.ListenerCount) : null;
        plan->LearnPid = listenWords > 0 ? calls.LearnPid(&plan->PidIsTold) : null;
        calls.CloseOthers(spec.ListenerCount);
        plan->WriteLabel = spec.IsLabeled ? calls.SetLabel(plan->Label) : null;
        plan->SetPriority = spec.Nice != 0 ? calls.SetPriority() : null;
        AddRights(ref calls, spec, limits, groups);
        calls.ChangeToRoot();
        calls.SetSignals(spec.DefaultSignals.AsSpan());
        if (spec.LetsTrace)
        {
            calls.LetTrace();
        }

        calls.Execute(path, arguments, environment);
    }

    private static void AddRights(ref StartCallList calls, ServerSpec spec, LimitPlan* limits, uint* groups)
    {
        if (!spec.Groups.IsDefault && !OwnIdentity.HasGroups(spec.Groups.AsSpan()))
        {
            calls.SetGroups(spec.Groups.Length, groups);
        }

        if (spec.Gid is { } gid && !OwnIdentity.IsGroup(gid))
        {
            calls.SetGroup(gid);
        }

        for (int i = 0; i < spec.ResourceLimits.Length; i++)
        {
            calls.SetLimit(&limits[i]);
        }

        if (spec.Uid is { } uid && !OwnIdentity.IsUser(uid))
        {
            calls.SetUser(uid);
        }

        if (spec.Umask is { } mask)
        {
            calls.SetUmask(mask);
        }
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
        *plan->RemoteHostSlot++ = at;
    }

    private static void SetName(ChildPlan* plan, int index, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        byte* at = plan->Connection + (AddressWords * ConnectionRoom) + (index * NameRoom);
        Span<byte> room = new(at, NameRoom);
        if (value.Length > 0 && value.Length < NameRoom - name.Length)
        {
            name.CopyTo(room);
            value.CopyTo(room[name.Length..]);
            room[name.Length + value.Length] = 0;
            *plan->RemoteHostSlot++ = at;
        }
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

/// <summary>struct rlimit with the number of its resource.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LimitPlan
{
    public ulong Soft;
    public ulong Hard;
    public int Resource;
}
