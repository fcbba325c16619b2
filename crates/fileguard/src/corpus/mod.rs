//! Made-up files for trying the guard, and harmless loads that attack them: never anything else. The
//! loads refuse every folder that does not say with its marker that it was made for this.

pub mod files;
