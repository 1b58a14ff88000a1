using System;
using System.Collections.Generic;
using System.Threading;
using Rouse.Server.Loop;
using Rouse.Server.Names;

namespace Rouse.Server.Wrappers;

/// <summary>Somebody who cannot go on before it is known whether a host is in a netgroup.</summary>
internal interface INetgroupAwaiter
{
    /// <summary>Called once, on the loop's thread, never from within the asking. Null where it could not be found out in time.</summary>
    void NetgroupIsKnown(bool? isMember);
}

/// <summary>
/// Asks for netgroups away from the loop: the name service behind them may be silent. Everything is bounded: the questions under way, of
/// which all who want the same answer share one, and the time of each; one that nobody waits for any more is passed over.
/// </summary>
internal sealed class NetgroupLookUps
{
    public const int LimitMs = 30_000;

    /// <summary>Questions at the same time, or in line.</summary>
    public const int MostUnderWay = 1024;

    // innetgr(3) is not for two threads at once.
    private const int MostThreads = 1;
    private const int ThreadIdleMs = 10_000;

    private readonly EventLoop _loop;
    private readonly LookUpThreads<Question> _threads;
    private readonly Dictionary<(string Netgroup, string HostName), Question> _underWay = [];

    public NetgroupLookUps(EventLoop loop, IWrapperHost host)
    {
        _loop = loop;
        _threads = new LookUpThreads<Question>(MostThreads, ThreadIdleMs, question => Answer(question, host));
    }

    /// <summary>Questions so far.</summary>
    public int Asked { get; private set; }

    public int UnderWay => _underWay.Count;

    /// <summary>False where it cannot be asked, and nobody will be told.</summary>
    public bool Ask(string netgroup, string hostName, INetgroupAwaiter awaiter, out object question)
    {
        Waiting waiting = new(awaiter);
        question = waiting;
        if (!_underWay.TryGetValue((netgroup, hostName), out Question? asked))
        {
            if (_underWay.Count >= MostUnderWay)
            {
                return false;
            }

            asked = new Question(netgroup, hostName);
            if (!_threads.TryAdd(asked))
            {
                return false;
            }

            _underWay.Add((netgroup, hostName), asked);
            Asked++;
        }

        waiting.Enter(asked);
        _loop.Set(waiting.Limit, LimitMs);
        return true;
    }

    /// <summary>Does not wait any more.</summary>
    public static void Withdraw(object question) => ((Waiting)question).Leave();

    // On a thread of its own.
    private void Answer(Question question, IWrapperHost host)
    {
        bool isPassedOver = !question.IsWanted;
        bool? isMember = null;
        if (!isPassedOver)
        {
            try
            {
                isMember = host.IsInNetgroup(question.Netgroup, question.HostName);
            }
            catch (Exception)
            {
                // A fault of the name service's plug-in is a look-up that failed; it must not end the daemon.
            }
        }

        _loop.HandIn(() => Done(question, isPassedOver, isMember));
    }

    private void Done(Question question, bool isPassedOver, bool? isMember)
    {
        if (isPassedOver && question.IsWanted && _threads.TryAdd(question))
        {
            // Somebody has asked for it after all.
            return;
        }

        _underWay.Remove((question.Netgroup, question.HostName));
        question.Tell(isMember);
    }

    // What a thread is given: it reads the two names, and whether anybody waits.
    private sealed class Question(string netgroup, string hostName)
    {
        private readonly List<Waiting> _waiting = [];
        private bool _isWanted;

        public string Netgroup => netgroup;

        public string HostName => hostName;

        public bool IsWanted => Volatile.Read(ref _isWanted);

        public void Add(Waiting waiting)
        {
            _waiting.Add(waiting);
            Volatile.Write(ref _isWanted, true);
        }

        public void Remove(Waiting waiting)
        {
            _waiting.Remove(waiting);
            Volatile.Write(ref _isWanted, _waiting.Count > 0);
        }

        public void Tell(bool? isMember)
        {
            // Whoever is told may end others that wait for the same.
            while (_waiting.Count > 0)
            {
                _waiting[0].Tell(isMember);
            }
        }
    }

    // One who waits for a question's answer, each for as long as every other.
    private sealed class Waiting
    {
        private readonly INetgroupAwaiter _awaiter;
        private Question? _question;

        public Waiting(INetgroupAwaiter awaiter)
        {
            _awaiter = awaiter;
            Limit = new LoopTimer(() => Tell(null));
        }

        public LoopTimer Limit { get; }

        public void Enter(Question question)
        {
            _question = question;
            question.Add(this);
        }

        public void Leave()
        {
            Limit.Cancel();
            _question?.Remove(this);
            _question = null;
        }

        public void Tell(bool? isMember)
        {
            Leave();
            _awaiter.NetgroupIsKnown(isMember);
        }
    }
}
