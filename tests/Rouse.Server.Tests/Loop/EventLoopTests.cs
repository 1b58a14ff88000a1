using System;
using System.Threading;
using Rouse.Linux;
using Rouse.Server.Loop;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Loop;

public sealed class EventLoopTests
{
    [Fact]
    public void An_event_for_something_closed_earlier_in_the_turn_is_passed_over()
    {
        FakeSystem system = new();
        EventLoop loop = new(system);
        int called = 0;
        Source? first = null;
        Source? second = null;
        Fd one = Ready(system, 1);
        Fd two = Ready(system, 2);
        first = new Source(() =>
        {
            called++;
            loop.Unwatch(second!, two);
        });
        second = new Source(() =>
        {
            called++;
            loop.Unwatch(first, one);
        });
        loop.Watch(first, one, PollEvents.In);
        loop.Watch(second, two, PollEvents.In);
        loop.Turn();
        Assert.Equal(1, called);
    }

    [Fact]
    public void A_slot_used_again_in_the_same_turn_does_not_get_the_old_event()
    {
        FakeSystem system = new();
        EventLoop loop = new(system);
        bool wrong = false;
        Fd one = Ready(system, 1);
        Fd two = Ready(system, 2);
        Fd three = Ready(system, 3);
        Source late = new(() => wrong = true);
        Source? second = null;
        Source first = new(() =>
        {
            loop.Unwatch(second!, two);
            loop.Watch(late, three, PollEvents.In);
        });
        second = new Source(() => wrong = true);
        loop.Watch(first, one, PollEvents.In);
        loop.Watch(second, two, PollEvents.In);
        loop.Turn();
        Assert.False(wrong);
    }

    [Fact]
    public void Work_handed_in_by_another_thread_runs_on_the_loops()
    {
        FakeSystem system = new();
        EventLoop loop = new(system);
        int ranOn = 0;
        Thread thread = new(() => loop.HandIn(() => ranOn = Environment.CurrentManagedThreadId));
        thread.Start();
        thread.Join();
        loop.Turn();
        Assert.Equal(Environment.CurrentManagedThreadId, ranOn);
    }

    [Fact]
    public void Thousands_of_sources_grow_the_table_and_give_their_slots_back()
    {
        FakeSystem system = new();
        EventLoop loop = new(system);
        for (int round = 0; round < 3; round++)
        {
            Source[] sources = new Source[2000];
            Fd[] fds = new Fd[2000];
            for (int i = 0; i < sources.Length; i++)
            {
                sources[i] = new Source(() => { });
                fds[i] = system.OpenWake().Fd;
                Assert.True(loop.Watch(sources[i], fds[i], PollEvents.In).Ok);
            }

            for (int i = 0; i < sources.Length; i++)
            {
                loop.Unwatch(sources[i], fds[i]);
                system.Close(fds[i]);
                Assert.False(sources[i].IsWatched);
            }
        }
    }

    private static Fd Ready(FakeSystem system, ushort port)
    {
        Fd fd = system.OpenListener(new ListenRequest(Given.PeerAt(127, 0, 0, 1, port), 1, 0, false, true)).Fd;
        system.Connect(port, Given.Peer);
        return fd;
    }

    private sealed class Source(Action ready) : EventSource
    {
        public override void OnReady(PollEvents events) => ready();
    }
}
