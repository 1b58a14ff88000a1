using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>A process that belongs to a server, and its parent.</summary>
/// <param name="StartTicks">When it was started: what tells it from another one that has got its number.</param>
public readonly record struct FamilyMember(int Pid, int Parent, long StartTicks);

/// <summary>
/// The processes of a server that may have put itself into the background: those of its session, those that come from it, and those without a
/// living parent of their own that carry its mark, a word of their environment that no other server has (proc_pid_stat(5),
/// proc_pid_environ(5), PR_SET_CHILD_SUBREAPER(2const)).
/// </summary>
// SAFETY: the only pointerless import takes and returns numbers.
internal static unsafe partial class ProcessFamily
{
    private const int PR_SET_CHILD_SUBREAPER = 36;
    private const int Init = 1;
    private const int NoProcess = -1;

    /// <summary>Whoever loses its parent among our descendants becomes our child, and its end is told to us.</summary>
    public static void AdoptOrphans() => _ = prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);

    /// <summary>What a server that was just started is known by.</summary>
    public static ServerTrace TraceOf(int pid, string mark, ServerSpec spec) =>
        new(pid, mark, spec.Path, spec.Uid ?? ThisProcess.Uid, Read(pid, alsoDead: true)?.StartTicks ?? long.MaxValue);

    /// <summary>The same server, which is another process now.</summary>
    public static ServerTrace Retrace(int pid, in ServerTrace trace) => trace with { Leader = pid, StartTicks = Read(pid, alsoDead: true)?.StartTicks ?? long.MaxValue };

    /// <param name="members">Gets those that live.</param>
    public static void List(in ServerTrace trace, List<FamilyMember> members)
    {
        members.Clear();
        if (trace.Leader <= 0)
        {
            // Session 0 is the kernel's own threads'.
            return;
        }

        Dictionary<int, Kin> all = ReadAll();

        // Its number may be another process's by now, which has nothing to do with it.
        bool isLeaderGone = all.TryGetValue(trace.Leader, out Kin leader) && leader.StartTicks != trace.StartTicks;
        foreach ((int pid, Kin kin) in all)
        {
            if (Belongs(pid, kin, isLeaderGone ? trace with { Leader = NoProcess } : trace, all))
            {
                members.Add(new FamilyMember(pid, kin.Parent, kin.StartTicks));
            }
        }
    }

    /// <summary>It has not ended since it was listed, as far as can be seen: where its file cannot be read now, it may live.</summary>
    public static bool Lives(in FamilyMember member) => Read(member.Pid, alsoDead: false, out Errno error) is { } kin
        ? kin.StartTicks == member.StartTicks
        : error is not (Errno.None or Errno.ENOENT or Errno.ESRCH);

    /// <summary>One of the family holds the socket.</summary>
    public static bool Holds(long inode, in ServerTrace trace)
    {
        string wanted = NameOf(inode);
        if (trace.Leader > 0 && Read(trace.Leader)?.StartTicks == trace.StartTicks && ListeningSockets.Holds(trace.Leader, wanted))
        {
            return true;
        }

        List<FamilyMember> members = [];
        List(trace, members);
        foreach (FamilyMember member in members)
        {
            if (ListeningSockets.Holds(member.Pid, wanted))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A process that has put itself into the background and written over its environment, as those do that show a title: a child of ours that
    /// nobody knows, of the same program and user, and started after it. Its process id, or 0.
    /// </summary>
    /// <param name="inode">It, or one that comes from it, holds this socket; 0 for any.</param>
    /// <param name="isKnown">Children of ours that are something else.</param>
    public static int FindOrphan(long inode, in ServerTrace trace, Predicate<int> isKnown)
    {
        string wanted = NameOf(inode);
        Dictionary<int, Kin> all = ReadAll();
        foreach ((int pid, Kin kin) in all)
        {
            if (kin.Parent == ThisProcess.Id && kin.StartTicks >= trace.StartTicks && !isKnown(pid) && IsSame(pid, trace)
                && (inode == 0 || HoldsBelow(pid, wanted, all)))
            {
                return pid;
            }
        }

        return 0;
    }

    private static bool HoldsBelow(int top, string wanted, Dictionary<int, Kin> all)
    {
        foreach ((int pid, Kin kin) in all)
        {
            if ((pid == top || kin.Parent == top) && ListeningSockets.Holds(pid, wanted))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSame(int pid, in ServerTrace trace)
    {
        FileStamp program = Files.StampOf(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/exe"));
        return program != FileStamp.Nothing && program != FileStamp.Unknown && program == Files.StampOf(trace.Program) && UidOf(pid) == trace.Uid;
    }

    // Uid:    real    effective    saved    of the file system
    private static uint? UidOf(int pid)
    {
        Span<byte> buffer = stackalloc byte[1024];
        SysResult read = Files.ReadStart(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"), buffer);
        ReadOnlySpan<byte> text = read.Ok ? buffer[..read.Value] : default;
        int at = text.IndexOf("\nUid:\t"u8);
        return at >= 0 && Utf8Parser.TryParse(text[(at + 6)..], out uint uid, out _) ? uid : null;
    }

    private static string NameOf(long inode) => string.Create(CultureInfo.InvariantCulture, $"socket:[{inode}]");

    private static bool Belongs(int pid, in Kin kin, in ServerTrace trace, Dictionary<int, Kin> all)
    {
        Kin at = kin;
        int id = pid;

        // A process that is read while its parents change could lead in a circle.
        for (int steps = 0; steps < all.Count; steps++)
        {
            if (id == trace.Leader || at.Session == trace.Leader)
            {
                return true;
            }

            if (at.Parent == ThisProcess.Id || at.Parent <= Init)
            {
                return !string.IsNullOrEmpty(trace.Mark) && Carries(id, trace.Mark);
            }

            id = at.Parent;
            if (!all.TryGetValue(id, out at))
            {
                return false;
            }
        }

        return false;
    }

    private static bool Carries(int pid, string mark)
    {
        if (!Files.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ"), out byte[] environment).Ok)
        {
            return false;
        }

        ReadOnlySpan<byte> left = environment;
        byte[] word = Encoding.Latin1.GetBytes(mark);
        while (!left.IsEmpty)
        {
            int end = left.IndexOf((byte)0);
            ReadOnlySpan<byte> first = end < 0 ? left : left[..end];
            if (first.SequenceEqual(word))
            {
                return true;
            }

            left = end < 0 ? [] : left[(end + 1)..];
        }

        return false;
    }

    private static Dictionary<int, Kin> ReadAll()
    {
        Dictionary<int, Kin> all = [];
        Files.List("/proc", out List<string> names);
        foreach (string name in names)
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Read(pid) is { } kin)
            {
                all.Add(pid, kin);
            }
        }

        return all;
    }

    private static Kin? Read(int pid, bool alsoDead = false) => Read(pid, alsoDead, out _);

    // pid (name) state ppid pgrp session … and as its 22nd word the time of its start; the name may hold anything. A zombie is none that lives.
    private static Kin? Read(int pid, bool alsoDead, out Errno error)
    {
        Span<byte> buffer = stackalloc byte[512];
        SysResult read = Files.ReadStart(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"), buffer);
        error = read.Error;
        if (!read.Ok)
        {
            return null;
        }

        ReadOnlySpan<byte> text = buffer[..read.Value];
        text = text[(text.LastIndexOf((byte)')') + 1)..];
        string[] words = Encoding.Latin1.GetString(text).Split(' ', 21, StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 21 && (alsoDead || words[0] is not ("Z" or "X"))
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parent)
            && int.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out int session)
            && long.TryParse(words[19], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks) ? new Kin(parent, session, ticks) : null;
    }

    private readonly record struct Kin(int Parent, int Session, long StartTicks);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);
}
