using System;
using System.Collections.Generic;
using Rouse.Access;
using Rouse.Server.Loop;

namespace Rouse.Server.Names;

/// <summary>
/// The names of peers, for rules that hold names. A look-up waits for a name server, so it is made away from the loop; whoever needs it
/// waits alone. Everything is bounded: threads, look-ups under way, the time of each, and what is kept. What cannot be found out in time is
/// <see cref="PeerName.Unknown"/>, which opens nothing (D-003).
/// </summary>
internal sealed class PeerNames
{
    /// <summary>A look-up that takes longer has failed.</summary>
    public const int LimitMs = 30_000;

    public const int MostThreads = 16;

    /// <summary>Addresses whose names are looked up at the same time, or in line for it.</summary>
    public const int MostUnderWay = 1024;

    /// <summary>The same for the senders of datagrams: they may be invented, and must not take every thread.</summary>
    public const int MostForDatagrams = MostThreads / 2;

    /// <summary>How long a name is believed. Short, because name servers have their own times, which the C library does not tell.</summary>
    public const int KnownMs = 60_000;

    public const int UnknownMs = 10_000;

    private const int MostKept = 4096;
    private const int ThreadIdleMs = 10_000;

    private readonly EventLoop _loop;
    private readonly IHostResolver _resolver;
    private readonly LookUpThreads<LookUp> _threads;
    private readonly NameCache _cache = new(MostKept);
    private readonly Dictionary<UInt128, LookUp> _underWay = [];

    public PeerNames(EventLoop loop, IHostResolver resolver)
    {
        _loop = loop;
        _resolver = resolver;
        _threads = new LookUpThreads<LookUp>(MostThreads, ThreadIdleMs, LookUpAndHandIn);
    }

    public int UnderWay => _underWay.Count;

    /// <summary>Threads that live now.</summary>
    public int Threads => _threads.Running;

    /// <summary>What is known without asking; <see cref="PeerName.NotAsked"/> if nothing.</summary>
    public PeerName Recall(UInt128 address) => _cache.Find(address, _loop.NowMs);

    /// <summary>
    /// Looks a name up; connections of one address share one look-up. False when no more can be under way: then nobody will be told, and the
    /// name is to be taken for unknown.
    /// </summary>
    public bool Ask(UInt128 address, INameAwaiter awaiter) => Ask(address, awaiter, MostUnderWay);

    /// <summary>Looks up a datagram's sender, which may be an invented address: only a few at a time. Nobody need wait for it.</summary>
    public bool AskForDatagram(UInt128 address, INameAwaiter? awaiter) => Ask(address, awaiter, MostForDatagrams);

    /// <summary>Begins a look-up that somebody is going to ask for.</summary>
    public void Prepare(UInt128 address) => Ask(address, null, MostUnderWay);

    /// <summary>Does not wait any more.</summary>
    public void Withdraw(UInt128 address, INameAwaiter awaiter)
    {
        if (_underWay.TryGetValue(address, out LookUp? lookUp))
        {
            lookUp.Awaiters.Remove(awaiter);
        }
    }

    private bool Ask(UInt128 address, INameAwaiter? awaiter, int most)
    {
        if (!_underWay.TryGetValue(address, out LookUp? lookUp))
        {
            if (_underWay.Count >= most)
            {
                return false;
            }

            lookUp = new LookUp(address, TimedOut);
            if (!_threads.TryAdd(lookUp))
            {
                return false;
            }

            _underWay.Add(address, lookUp);
        }

        if (awaiter is not null)
        {
            lookUp.Awaiters.Add(awaiter);
        }

        if (!lookUp.Limit.IsSet)
        {
            lookUp.IsUnwanted = false;
            _loop.Set(lookUp.Limit, LimitMs);
        }

        return true;
    }

    // On a thread of LookUpThreads.
    private void LookUpAndHandIn(LookUp lookUp)
    {
        bool passedOver = lookUp.IsUnwanted;
        PeerName name = PeerName.Unknown;
        if (!passedOver)
        {
            try
            {
                name = _resolver.NameOf(lookUp.Address);
            }
            catch (Exception)
            {
                // A resolver's fault is a look-up that failed; it must not end the daemon.
            }
        }

        _loop.HandIn(() => Done(lookUp, passedOver, name));
    }

    private void Done(LookUp lookUp, bool passedOver, PeerName name)
    {
        if (passedOver && lookUp.Awaiters.Count > 0 && _threads.TryAdd(lookUp))
        {
            // Somebody has asked again after its time was over.
            return;
        }

        _underWay.Remove(lookUp.Address);
        lookUp.Limit.Cancel();
        if (!passedOver || lookUp.Awaiters.Count > 0)
        {
            Tell(lookUp, name);
        }
    }

    // The thread may still hang on the name server: the look-up stays under way, so that one address never holds two threads.
    private void TimedOut(LookUp lookUp)
    {
        lookUp.IsUnwanted = true;
        Tell(lookUp, PeerName.Unknown);
    }

    private void Tell(LookUp lookUp, in PeerName name)
    {
        _cache.Keep(lookUp.Address, name, _loop.NowMs + (name.State == PeerNameState.Known ? KnownMs : UnknownMs));

        // Whoever is told may end others that wait for the same.
        while (lookUp.Awaiters.Count > 0)
        {
            INameAwaiter first = lookUp.Awaiters[0];
            lookUp.Awaiters.RemoveAt(0);
            first.NameIsKnown(name);
        }
    }
}
