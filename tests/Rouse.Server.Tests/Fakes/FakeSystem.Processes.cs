using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Linux;

namespace Rouse.Server.Tests.Fakes;

/// <summary>Its tables of sockets and processes.</summary>
internal sealed partial class FakeSystem
{
    private readonly HashSet<int> _gone = [];

    /// <summary>Sockets of other programs that take what is sent to an address; <c>Holder</c> is a process.</summary>
    public List<(SocketAddress Where, bool Datagrams, int Holder)> Bound { get; } = [];

    /// <summary>Processes that come from a server which may have ended: their own id, their parent, the server.</summary>
    public List<(int Pid, int Parent, int Server)> Descendants { get; } = [];

    public bool AdoptsOrphans { get; private set; }

    /// <summary>How often the tables were read.</summary>
    public int TableLooks { get; private set; }

    /// <summary>What reading them fails with.</summary>
    public Errno TableError { get; set; }

    /// <summary>How often all processes were gone through.</summary>
    public int Sweeps { get; private set; }

    public SysResult FindListeners(in SocketAddress address, bool datagrams, Span<long> inodes)
    {
        TableLooks++;
        if (TableError != Errno.None)
        {
            return SysResult.Fail(TableError);
        }

        int count = 0;
        for (int i = 0; i < Bound.Count; i++)
        {
            if (Bound[i].Where == address && Bound[i].Datagrams == datagrams)
            {
                inodes[count++] = i + 1;
            }
        }

        return SysResult.Success(count);
    }

    public void AdoptOrphans() => AdoptsOrphans = true;

    /// <summary>Processes in the background that show nothing of the server that they come from: their own id, the program.</summary>
    public List<(int Pid, string Program)> Unmarked { get; } = [];

    public ServerTrace Trace(int pid, string mark, ServerSpec spec) => new(pid, mark, spec.Path, 0, pid);

    public ServerTrace Retrace(int pid, in ServerTrace trace) => trace with { Leader = pid };

    public int FindOrphan(long inode, in ServerTrace trace, Predicate<int> isKnown)
    {
        Sweeps++;
        string program = trace.Program;
        return Unmarked.Find(one => one.Program == program && !isKnown(one.Pid) && (inode == 0 || Bound[(int)inode - 1].Holder == one.Pid)).Pid;
    }

    public void ListFamily(in ServerTrace trace, List<FamilyMember> members)
    {
        Sweeps++;
        int leader = trace.Leader;
        members.Clear();
        if (leader != 0 && leader <= LastPid && !_gone.Contains(leader))
        {
            members.Add(new FamilyMember(leader, ThisProcess.Id, leader));
        }

        members.AddRange(Descendants.Where(one => one.Server == leader).Select(one => new FamilyMember(one.Pid, one.Parent, one.Pid)));
    }

    public bool Lives(in FamilyMember member)
    {
        int pid = member.Pid;
        return Descendants.Exists(one => one.Pid == pid) || (pid <= LastPid && pid >= 1000 && !_gone.Contains(pid));
    }

    public bool FamilyHolds(long inode, in ServerTrace trace)
    {
        int leader = trace.Leader;
        int holder = Bound[(int)inode - 1].Holder;
        return holder == leader || Descendants.Any(one => one.Pid == holder && one.Server == leader);
    }

    private void ForgetProcess(int pid)
    {
        _gone.Add(pid);
        Bound.RemoveAll(bound => bound.Holder == pid);
        Descendants.RemoveAll(one => one.Pid == pid);
        Unmarked.RemoveAll(one => one.Pid == pid);
    }
}
