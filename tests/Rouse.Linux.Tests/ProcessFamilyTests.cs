using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using NetFamily = System.Net.Sockets.AddressFamily;

namespace Rouse.Linux.Tests;

/// <summary>Which processes belong to a server, with real ones.</summary>
[Collection(Spawning.OneAtATime)]
public sealed class ProcessFamilyTests : IDisposable
{
    private static readonly LinuxSystem System = new();
    private readonly string _mark = $"ROUSE_START={RandomBytes.Hex(16)}";
    private readonly string _seconds = $"3600.{Random.Shared.Next(1_000_000_000)}";

    public void Dispose() => Sleepers().ForEach(pid => System.Kill(pid, Signal.KILL));

    [Fact]
    public void Those_that_come_from_it_belong_to_it_whatever_session_they_are_in()
    {
        ServerTrace trace = Start($"setsid sleep {_seconds} & sleep {_seconds} & wait", _mark);
        Until(() => Sleepers().Count == 2);
        List<FamilyMember> members = [];
        System.ListFamily(trace, members);
        Assert.Superset(Sleepers().ToHashSet(), members.Select(member => member.Pid).ToHashSet());
        Assert.Contains(members, member => member == new FamilyMember(trace.Leader, ThisProcess.Id, trace.StartTicks));
        Assert.DoesNotContain(members, member => member.Pid == ThisProcess.Id);

        // Without a mark there is what comes from it while it lives.
        System.ListFamily(System.Retrace(trace.Leader, default), members);
        Assert.Equal([trace.Leader, .. Sleepers().Order()], members.Select(member => member.Pid).Order());
        FamilyMember leader = members.Find(member => member.Pid == trace.Leader);
        Assert.All(members, member => Assert.True(System.Lives(member)));
        Assert.False(System.Lives(leader with { StartTicks = leader.StartTicks - 1 }));
        System.Kill(trace.Leader, Signal.KILL);

        // One that has ended lives no more, whether or not anybody has asked how.
        Until(() => !System.Lives(leader));
    }

    [Fact]
    public void An_orphan_is_known_by_its_mark_and_without_it_by_program_and_user()
    {
        System.AdoptOrphans();
        ServerTrace marked = Start($"setsid sleep {_seconds} & exit 0", _mark);
        Until(() => Sleepers().Count == 1 && Family(marked).Count == 1);
        int orphan = Sleepers()[0];
        Assert.Equal(orphan, Family(marked)[0].Pid);
        Assert.Equal(ThisProcess.Id, Family(marked)[0].Parent);

        // Of another start, and of a trace that has another mark, it is none.
        ServerTrace other = marked with { Mark = $"ROUSE_START={RandomBytes.Hex(16)}", Leader = int.MaxValue };
        Assert.Empty(Family(other));
        string sleep = new FileInfo($"/proc/{orphan}/exe").LinkTarget!;
        Assert.Equal(orphan, System.FindOrphan(0, other with { Program = sleep }, pid => pid != orphan));
        Assert.Equal(0, System.FindOrphan(0, other with { Program = sleep }, _ => true));
        Assert.Equal(0, System.FindOrphan(0, other with { Program = "/bin/no-such" }, pid => pid != orphan));
        Assert.Equal(0, System.FindOrphan(0, other with { Program = sleep, Uid = 12345 }, pid => pid != orphan));
        Assert.Equal(0, System.FindOrphan(0, other with { Program = sleep, StartTicks = long.MaxValue }, pid => pid != orphan));
        Assert.Equal(0, System.FindOrphan(1, other with { Program = sleep }, pid => pid != orphan));
    }

    [Fact]
    public void A_socket_is_held_by_the_process_that_has_it_and_by_no_other()
    {
        using Socket socket = new(NetFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        long inode = long.Parse(new FileInfo($"/proc/self/fd/{socket.Handle}").LinkTarget!.Split('[', ']')[1], global::System.Globalization.CultureInfo.InvariantCulture);
        ServerTrace own = System.Retrace(ThisProcess.Id, new(0, _mark, "", ThisProcess.Uid, 0));
        Assert.True(System.FamilyHolds(inode, own));
        Assert.False(System.FamilyHolds(inode + 1_000_000, own));
        Assert.False(System.FamilyHolds(inode, own with { Leader = int.MaxValue }));

        // Another process that has its number by now.
        Assert.False(System.FamilyHolds(inode, own with { StartTicks = own.StartTicks - 1 }));
    }

    private static ServerTrace Start(string script, string mark)
    {
        SysResult started = ProgramStart.Start("/bin/sh", ["sh", "-c", script], ["PATH=/usr/bin:/bin", mark]);
        Assert.True(started.Ok);
        ServerSpec spec = new() { Path = "/bin/sh", Arguments = ["sh"], Environment = [mark] };
        return System.Trace(started.Value, mark, spec);
    }

    private static List<FamilyMember> Family(ServerTrace trace)
    {
        List<FamilyMember> members = [];
        System.ListFamily(trace, members);
        members.RemoveAll(member => member.Pid == trace.Leader);
        return members;
    }

    private List<int> Sleepers()
    {
        List<int> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(folder), out int pid) && File.ReadAllText(folder + "/cmdline") == $"sleep\0{_seconds}\0")
                {
                    found.Add(pid);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return found;
    }

    private static void Until(Func<bool> condition)
    {
        for (int i = 0; i < 3000 && !condition(); i++)
        {
            Thread.Sleep(10);
        }

        Assert.True(condition());
    }
}
