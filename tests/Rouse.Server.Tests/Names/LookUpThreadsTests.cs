using System;
using System.Threading;
using Rouse.Server.Names;

namespace Rouse.Server.Tests.Names;

public sealed class LookUpThreadsTests
{
    [Fact]
    public void Threads_come_with_work_are_no_more_than_allowed_and_go_without_it()
    {
        using ManualResetEventSlim open = new(initialState: false);
        int done = 0;
        LookUpThreads<LookUp> threads = new(3, 50, _ =>
        {
            open.Wait();
            Interlocked.Increment(ref done);
        });
        Assert.Equal(0, threads.Running);
        for (int i = 0; i < 20; i++)
        {
            Assert.True(threads.TryAdd(new LookUp((UInt128)i, _ => { })));
        }

        Assert.Equal(3, threads.Running);
        open.Set();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref done) == 20, TimeSpan.FromSeconds(20)));
        Assert.True(SpinWait.SpinUntil(() => threads.Running == 0, TimeSpan.FromSeconds(20)));
        Assert.True(threads.TryAdd(new LookUp(0, _ => { })));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref done) == 21, TimeSpan.FromSeconds(20)));
    }
}
