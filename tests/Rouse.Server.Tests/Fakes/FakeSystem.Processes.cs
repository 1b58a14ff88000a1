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

    public SysResult FindListeners(in SocketAddress address, bool datagrams, Span<long> inodes)
    {
        TableLooks++;
        int count = 0;
        for (int i = 0; i < Bound.Count; i++)
        {
            if (Bound[i].Where == address && Bound[i].Datagrams == datagrams)
            {
                inodes[count++] = i;
            }
        }

        return SysResult.Success(count);
    }

    public void AdoptOrphans() => AdoptsOrphans = true;

    public void ListFamily(int leader, string mark, List<FamilyMember> members)
    {
        members.Clear();
        if (leader != 0 && leader <= LastPid && !_gone.Contains(leader))
        {
            members.Add(new FamilyMember(leader, ThisProcess.Id));
        }

        members.AddRange(Descendants.Where(one => one.Server == leader).Select(one => new FamilyMember(one.Pid, one.Parent)));
    }

    public bool FamilyHolds(long inode, int leader, string mark)
    {
        int holder = Bound[(int)inode].Holder;
        return holder == leader || Descendants.Any(one => one.Pid == holder && one.Server == leader);
    }

    private void ForgetProcess(int pid)
    {
        _gone.Add(pid);
        Bound.RemoveAll(bound => bound.Holder == pid);
        Descendants.RemoveAll(one => one.Pid == pid);
    }
}
