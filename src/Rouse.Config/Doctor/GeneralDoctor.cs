namespace Rouse.Config.Doctor;

/// <summary>Everything that can be found out without weighing addresses and hours; those are the business of the room above.</summary>
public static class GeneralDoctor
{
    public static void Look(Examination examination)
    {
        Reachability.Look(examination);
        Exposure.Look(examination);
        IdleLimits.Look(examination);
        IdleAttributes.Look(examination);
        IdleLogWords.Look(examination);
        ProgramFiles.Look(examination);
        WarmServers.Look(examination);
        OtherFiles.Look(examination);
        SkippedFiles.Look(examination);
    }
}
