using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>A process that belongs to a server, and its parent.</summary>
public readonly record struct FamilyMember(int Pid, int Parent);

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

    /// <summary>Whoever loses its parent among our descendants becomes our child, and its end is told to us.</summary>
    public static void AdoptOrphans() => _ = prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);

    /// <param name="leader">The process that was started, alive or not: the id of its session.</param>
    /// <param name="mark">NAME=VALUE.</param>
    /// <param name="members">Gets those that live.</param>
    public static void List(int leader, string mark, List<FamilyMember> members)
    {
        members.Clear();
        if (leader <= 0)
        {
            // Session 0 is the kernel's own threads'.
            return;
        }

        Dictionary<int, Kin> all = ReadAll();
        foreach ((int pid, Kin kin) in all)
        {
            if (Belongs(pid, kin, leader, mark, all))
            {
                members.Add(new FamilyMember(pid, kin.Parent));
            }
        }
    }

    /// <summary>One of the family holds the socket.</summary>
    public static bool Holds(long inode, int leader, string mark)
    {
        string wanted = string.Create(CultureInfo.InvariantCulture, $"socket:[{inode}]");
        if (ListeningSockets.Holds(leader, wanted))
        {
            return true;
        }

        List<FamilyMember> members = [];
        List(leader, mark, members);
        foreach (FamilyMember member in members)
        {
            if (ListeningSockets.Holds(member.Pid, wanted))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Belongs(int pid, in Kin kin, int leader, string mark, Dictionary<int, Kin> all)
    {
        Kin at = kin;
        int id = pid;

        // A process that is read while its parents change could lead in a circle.
        for (int steps = 0; steps < all.Count; steps++)
        {
            if (id == leader || at.Session == leader)
            {
                return true;
            }

            if (at.Parent == ThisProcess.Id || at.Parent <= Init)
            {
                return Carries(id, mark);
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

    // pid (name) state ppid pgrp session …; the name may hold anything. A zombie is none that lives.
    private static Kin? Read(int pid)
    {
        Span<byte> buffer = stackalloc byte[512];
        SysResult read = Files.ReadStart(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"), buffer);
        if (!read.Ok)
        {
            return null;
        }

        ReadOnlySpan<byte> text = buffer[..read.Value];
        text = text[(text.LastIndexOf((byte)')') + 1)..];
        string[] words = Encoding.Latin1.GetString(text).Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 4 && words[0] is not ("Z" or "X")
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parent)
            && int.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out int session) ? new Kin(parent, session) : null;
    }

    private readonly record struct Kin(int Parent, int Session);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);
}
