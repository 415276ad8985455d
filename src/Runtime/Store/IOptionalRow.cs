namespace ServiceLoop.Runtime.Store;

/// <summary>A recorded row of the runtime's own, written after all others, and only where somebody has registered a writer for it.</summary>
public interface IOptionalRow;
