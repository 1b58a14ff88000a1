using System;
using Rouse.Server.Loop;
using Rouse.Server.Names;

namespace Rouse.Server.Wrappers;

/// <summary>Somebody who cannot go on before it is known whether a host is in a netgroup.</summary>
internal interface INetgroupAwaiter
{
    /// <summary>Called once, on the loop's thread, never from within the asking. Null where it could not be found out in time.</summary>
    void NetgroupIsKnown(bool? isMember);
}

/// <summary>Asks for netgroups away from the loop: the name service behind them may be silent.</summary>
internal sealed class NetgroupLookUps
{
    public const int LimitMs = 30_000;

    // innetgr(3) is not for two threads at once.
    private const int MostThreads = 1;
    private const int ThreadIdleMs = 10_000;

    private readonly EventLoop _loop;
    private readonly LookUpThreads<Question> _threads;

    public NetgroupLookUps(EventLoop loop, IWrapperHost host)
    {
        _loop = loop;
        _threads = new LookUpThreads<Question>(MostThreads, ThreadIdleMs, question => Answer(question, host));
    }

    /// <summary>Questions so far.</summary>
    public int Asked { get; private set; }

    /// <summary>False where it cannot be asked, and nobody will be told.</summary>
    public bool Ask(string netgroup, string hostName, INetgroupAwaiter awaiter, out object question)
    {
        Question asked = new(netgroup, hostName, awaiter);
        question = asked;
        if (!_threads.TryAdd(asked))
        {
            return false;
        }

        Asked++;
        _loop.Set(asked.Limit, LimitMs);
        return true;
    }

    /// <summary>Does not wait any more.</summary>
    public static void Withdraw(object question) => ((Question)question).Tell(null, isWanted: false);

    // On a thread of its own.
    private void Answer(Question question, IWrapperHost host)
    {
        bool? isMember = null;
        try
        {
            isMember = host.IsInNetgroup(question.Netgroup, question.HostName);
        }
        catch (Exception)
        {
            // A fault of the name service's plug-in is a look-up that failed; it must not end the daemon.
        }

        _loop.HandIn(() => question.Tell(isMember, isWanted: true));
    }

    private sealed class Question
    {
        private INetgroupAwaiter? _awaiter;

        public Question(string netgroup, string hostName, INetgroupAwaiter awaiter)
        {
            Netgroup = netgroup;
            HostName = hostName;
            _awaiter = awaiter;
            Limit = new LoopTimer(() => Tell(null, isWanted: true));
        }

        public string Netgroup { get; }

        public string HostName { get; }

        public LoopTimer Limit { get; }

        public void Tell(bool? isMember, bool isWanted)
        {
            Limit.Cancel();
            INetgroupAwaiter? awaiter = _awaiter;
            _awaiter = null;
            if (isWanted)
            {
                awaiter?.NetgroupIsKnown(isMember);
            }
        }
    }
}
