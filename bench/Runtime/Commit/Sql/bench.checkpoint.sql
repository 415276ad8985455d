-- No round pays for the pages of another. No parameters.
checkpoint
